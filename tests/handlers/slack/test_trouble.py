"""What Slack's errors mean."""

from datetime import timedelta

import pytest

from handlers.slack.trouble import MENDED_BY, UNSURE, WAITS, refused, wanted


@pytest.mark.parametrize("code", sorted(MENDED_BY))
def test_what_a_second_try_cannot_mend_stops_and_says_what_does(code: str) -> None:
    """In plain words."""
    error = refused("chat.postMessage", 200, code, None)
    assert error.permanent
    assert MENDED_BY[code] in str(error)


def test_a_scope_that_is_missing_is_named() -> None:
    """As Slack names it."""
    error = refused("conversations.history", 200, "missing_scope", None, needed="channels:history")
    assert str(error).endswith("install it again (needed: channels:history)")


@pytest.mark.parametrize("code", sorted(WAITS))
def test_what_passes_by_itself_is_waited_for(code: str) -> None:
    """Nothing was posted."""
    error = refused("chat.postMessage", 200, code, None)
    assert (error.permanent, error.unknown, error.retry_after) == (False, False, timedelta(seconds=30))


@pytest.mark.parametrize("code", sorted(UNSURE))
def test_after_some_errors_the_message_may_be_there(code: str) -> None:
    """So the next try looks first."""
    error = refused("chat.postMessage", 200, code, None)
    assert error.unknown
    assert not error.permanent


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_leaves_it_open(status: int) -> None:
    """Whatever the body says."""
    assert refused("chat.postMessage", status, "", None).unknown


def test_429_is_waited_for_and_nothing_was_posted() -> None:
    """For as long as Slack asks."""
    error = refused("chat.postMessage", 429, "ratelimited", "7")
    assert (error.retry_after, error.permanent, error.unknown) == (timedelta(seconds=7), False, False)


def test_an_error_that_nobody_has_heard_of_stops() -> None:
    """Slack said no: the same again gives the same."""
    assert refused("chat.postMessage", 200, "brand_new_error", None).permanent


def test_a_proxy_in_between_is_tried_again() -> None:
    """It is not Slack that said no."""
    error = refused("chat.postMessage", 403, "", None)
    assert (error.permanent, error.unknown) == (False, False)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("1.5", 1.5, id="a fraction"),
        pytest.param("0", 1, id="at least a second"),
        pytest.param("1e18", 3600, id="an hour at most"),
        pytest.param("-3", 30, id="less than none"),
        pytest.param("inf", 30, id="no number at all"),
        pytest.param("Wed, 21 Oct 2026 07:28:00 GMT", 30, id="a date"),
        pytest.param(None, 30, id="none"),
    ],
)
def test_retry_after_is_read_with_care(header: str | None, expected: float) -> None:
    """slack_sdk's own reader raises at a fraction."""
    assert wanted(header) == timedelta(seconds=expected)
