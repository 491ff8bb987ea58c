"""Sentences in mrkdwn."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.types import Moment
from handlers.clean import width
from handlers.slack.text import escape, mrkdwn, notice, plain
from tests.handlers.examples import BEGAN

ENTITIES = re.compile(r"&(?!amp;|lt;|gt;)")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("<!channel>", "&lt;!channel&gt;", id="nobody is mentioned"),
        pytest.param("a &lt; b", "a &amp;lt; b", id="an entity that was typed is shown as typed"),
        pytest.param("*bold* _it_ ~st~", "\u2217bold\u2217 \u02cdit\u02cd \u223cst\u223c", id="nothing is formatted"),
        pytest.param("`code`", "'code'", id="no code"),
        pytest.param("mail_box a*b", "mail_box a*b", id="signs inside a word format nothing and stay"),
        pytest.param("<https://evil.example|Microsoft>", "&lt;https://evil.example|Microsoft&gt;", id="no false link"),
    ],
)
def test_untrusted_words_are_shown_as_they_are(typed: str, shown: str) -> None:
    """Mentions, links, formatting."""
    assert escape(typed) == shown


def test_a_time_is_shown_in_the_readers_zone_with_utc_as_fallback() -> None:
    """Slack's date token."""
    assert mrkdwn(("Since ", Moment(at=BEGAN)), 100) == "Since <!date^1689656400^{time}|05:00 UTC>"


def test_a_day_follows_the_time_within_a_sentence_and_leads_where_a_line_begins_with_it() -> None:
    """Slack shows "today", with a capital where the token begins with it: "at about 3:00 PM today", "Today 3:00 PM"."""
    moment = Moment(at=BEGAN, with_date=True)
    assert "^{time} {date_short_pretty}|" in mrkdwn(("It began at about ", moment, "."), 200)
    assert "^{date_short_pretty} {time}|" in mrkdwn((moment, " It began."), 200)


def test_a_date_token_is_never_cut_in_two() -> None:
    """A broken one would be shown as text."""
    assert mrkdwn(("Since ", Moment(at=BEGAN)), 20) == "Since…"


def test_notifications_and_headers_have_times_in_utc() -> None:
    """No date token works there."""
    said = ("Since ", Moment(at=BEGAN), " <b>")
    assert notice(said, 100) == "Since 05:00 UTC &lt;b&gt;"
    assert plain(said, 100) == "Since 05:00 UTC &lt;b&gt;"


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_whatever_is_written_stays_within_the_limit_and_harmless(typed: str, limit: int) -> None:
    """For any text: its width, no live bracket, no broken entity, no control character."""
    shown = mrkdwn((typed,), limit)
    assert width(shown) <= limit
    assert "<" not in shown
    assert ">" not in shown
    assert not ENTITIES.search(shown)
    assert not re.search(r"[\x00-\x1f]", shown)
