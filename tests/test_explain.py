"""Advisories in a file, and what each of them means."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.explain import MOST_NAMED, ExplainError, explain

LATE = {"id": "EX1", "title": "Users' incoming email is delayed", "service": "Exchange Online"}
BOTH = {"id": "EX2", "title": "Delays sending and receiving email", "service": "Exchange Online"}


def ids(text: str) -> list[object]:
    return [each["id"] for each in explain(text)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(LATE) + "\n" + json.dumps(BOTH), id="one a line"),
        pytest.param(json.dumps(LATE) + "\n\n  \n" + json.dumps(BOTH) + "\n", id="with empty lines"),
        pytest.param(json.dumps([LATE, BOTH]), id="a list"),
        pytest.param(json.dumps([LATE, BOTH], indent=2), id="a list over many lines"),
        pytest.param(json.dumps({"value": [LATE, BOTH]}), id="a page of Graph"),
        pytest.param("\ufeff" + json.dumps([LATE, BOTH]), id="with a byte order mark"),
        pytest.param(json.dumps({"value": [LATE]}) + "\n" + json.dumps([BOTH]), id="pages, one a line"),
    ],
)
def test_a_file_is_read_in_every_form(text: str) -> None:
    assert ids(text) == ["EX1", "EX2"]


def test_one_advisory_says_what_it_means() -> None:
    (told,) = explain(json.dumps(LATE))
    assert (told["symptom"], told["direction"], told["action"], told["state"]) == (
        "inbound_delayed",
        "inbound",
        "wait",
        "ongoing",
    )
    assert told["text"] == "Incoming mail is late. It comes by itself, so please wait. Nobody needs to send it twice."
    assert json.loads(json.dumps(told)) == told


def test_mail_that_is_late_both_ways_is_named_so() -> None:
    (told,) = explain(json.dumps(BOTH))
    assert told["symptom"] == "both_delayed"


def test_every_other_symptom_keeps_its_name() -> None:
    (told,) = explain(json.dumps({"id": "EX3", "title": "Users can't open their mailbox"}))
    assert told["symptom"] == "cannot_access_mailbox"


def test_an_empty_file_has_nothing_to_say() -> None:
    assert ids("") == ids("\n") == ids("[]") == []


def test_a_broken_line_is_named_and_nothing_else_is_lost() -> None:
    told = explain(f"{json.dumps(LATE)}\nnonsense\n[3]\n{json.dumps(BOTH)}")
    assert [next(told)["id"], next(told)["id"]] == ["EX1", "EX2"]
    with pytest.raises(
        ExplainError, match=r"^line 2 is not JSON \(Expecting value\); line 3 holds 3, which is no advis"
    ):
        next(told)


def test_a_broken_document_is_named_by_the_line_where_it_breaks() -> None:
    with pytest.raises(ExplainError, match=r"^line 3 is not JSON"):
        ids('{\n "id": "EX1",\n "title": ,\n}\n')


@pytest.mark.parametrize("text", ["3", '"EX1"', "null"])
def test_a_document_that_is_no_advisory_is_named(text: str) -> None:
    with pytest.raises(ExplainError, match=f"^line 1 holds {text}, which is no advisory$"):
        ids(text)


def test_a_number_without_end_is_named() -> None:
    with pytest.raises(ExplainError, match=r"^line 1 is not JSON"):
        ids("[" + "1" * 10_000 + "]")


def test_of_many_broken_lines_the_first_are_named() -> None:
    text = "\n".join([json.dumps(LATE), *["x"] * (MOST_NAMED + 2)])
    with pytest.raises(ExplainError, match=r"; and 2 more$"):
        ids(text)


def test_a_document_nested_without_end_is_no_advisory() -> None:
    with pytest.raises(ExplainError, match="nested too deeply"):
        ids("[" * 200_000)


@given(st.text())
def test_any_text_ends_in_readings_or_a_clear_error(text: str) -> None:
    told = []
    with suppress(ExplainError):
        told = list(explain(text))
    assert all(isinstance(each["text"], str) for each in told)
