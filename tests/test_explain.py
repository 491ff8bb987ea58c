"""Advisories in a file, and what each of them means."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.explain import Broken, explain

LATE = {"id": "EX1", "title": "Users' incoming email is delayed", "service": "Exchange Online"}
BOTH = {"id": "EX2", "title": "Delays sending and receiving email", "service": "Exchange Online"}


def means(text: str) -> list[dict[str, object]]:
    return [each for each in explain(text) if not isinstance(each, Broken)]


def ids(text: str) -> list[object]:
    return [each["id"] for each in means(text)]


def broken(text: str) -> list[str]:
    return [str(each) for each in explain(text) if isinstance(each, Broken)]


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
    (told,) = means(json.dumps(LATE))
    assert (told["symptom"], told["direction"], told["action"], told["state"]) == (
        "inbound_delayed",
        "inbound",
        "wait",
        "ongoing",
    )
    assert told["text"] == "Incoming mail is late. It comes by itself, so please wait. Nobody needs to send it twice."
    assert json.loads(json.dumps(told)) == told


def test_mail_that_is_late_both_ways_is_named_so() -> None:
    (told,) = means(json.dumps(BOTH))
    assert told["symptom"] == "both_delayed"


def test_every_other_symptom_keeps_its_name() -> None:
    (told,) = means(json.dumps({"id": "EX3", "title": "Users can't open their mailbox"}))
    assert told["symptom"] == "cannot_access_mailbox"


def test_an_empty_file_has_nothing_to_say() -> None:
    assert ids("") == ids("\n") == ids("[]") == []


def test_a_broken_line_is_named_and_nothing_else_is_lost() -> None:
    text = f"{json.dumps(LATE)}\nnonsense\n[3]\n{json.dumps(BOTH)}"
    assert ids(text) == ["EX1", "EX2"]
    assert broken(text) == ["line 2 is not JSON (Expecting value)", "line 3 holds 3, which is no advisory"]


def test_a_broken_document_is_named_by_the_line_where_it_breaks() -> None:
    (why,) = broken('{\n "id": "EX1",\n "title": ,\n}\n')
    assert why.startswith("line 3 is not JSON")


@pytest.mark.parametrize("text", ["3", '"EX1"', "null"])
def test_a_document_that_is_no_advisory_is_named(text: str) -> None:
    assert broken(text) == [f"line 1 holds {text}, which is no advisory"]


def test_a_number_without_end_is_named() -> None:
    (why,) = broken("[" + "1" * 10_000 + "]")
    assert why.startswith("line 1 is not JSON")


def test_a_document_nested_without_end_is_no_advisory() -> None:
    assert broken("[" * 200_000) == ["line 1 is nested too deeply to be an advisory"]


@given(st.text())
def test_any_text_ends_in_readings_or_a_clear_error(text: str) -> None:
    assert all(isinstance(each["text"], str) for each in means(text))
    assert all(each.startswith("line ") for each in broken(text))
