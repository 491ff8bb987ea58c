"""Which incident a person means by a number, and what is done where there is none."""

from datetime import timedelta

import pytest

from bot.types import Verb
from handlers.slack import answer as slack
from tests.handlers.examples import NOW, claim, incident, snapshot
from tests.handlers.test_commands import Desk

SEVERAL = snapshot(open=(incident("1"), incident("2")), past=(incident("3", resolved=NOW - timedelta(hours=1)),))


@pytest.mark.parametrize("typed", ["ack 99", "ack #99", "unmute 99", "details 99", "details #99"])
async def test_a_number_that_leads_to_nothing_is_said_to(typed: str) -> None:
    """Another incident is neither shown nor changed in its place."""
    desk = Desk()
    assert "We do not know 99." in await desk.says(typed)
    assert desk.orders == []


async def test_a_number_may_bear_its_sign() -> None:
    """As people write it."""
    desk = Desk(SEVERAL)
    await desk.ask("ack #2")
    await desk.ask("unmute 2")
    assert [order.incident for order in desk.orders] == ["2", "2"]


@pytest.mark.parametrize(
    ("typed", "which", "length", "why"),
    [
        ("mute 2 hours", "1", timedelta(hours=2), ""),
        ("mute 3 hours", "1", timedelta(hours=3), ""),
        ("mute for 2 hours lunch", "1", timedelta(hours=2), "lunch"),
        ("mute 2 3 hours", "2", timedelta(hours=3), ""),
        ("mute #2 1h known", "2", timedelta(hours=1), "known"),
        ("mute 2 known", "2", timedelta(hours=1), "known"),
        ("mute 1h 2 mailboxes", "1", timedelta(hours=1), "2 mailboxes"),
    ],
)
async def test_a_number_with_a_unit_is_a_length_and_one_without_an_incident(
    typed: str, which: str, length: timedelta, why: str
) -> None:
    """``mute 2 hours`` is about two hours, whichever incident has the number 2."""
    desk = Desk(SEVERAL)
    await desk.ask(typed)
    (order,) = desk.orders
    assert (order.verb, order.incident, order.until, order.note) == (Verb.MUTE, which, NOW + length, why)


async def test_a_time_of_day_that_cannot_be_read_is_asked_for_again() -> None:
    """Nothing is muted on a guess."""
    desk = Desk()
    assert "Write 30m, 2h or 1d" in await desk.says("mute until tomorrow")
    assert desk.orders == []


async def test_numbers_within_a_question_are_no_incidents() -> None:
    """Only where a command is followed by one."""
    desk = Desk(SEVERAL)
    assert "6 of 10" in await desk.says("why did 3 people ask")
    shown = await desk.ask("who is on 2 of them")
    assert shown.incident == "1"


async def test_whoever_may_not_is_told_who_may() -> None:
    """By the names that people know."""
    desk = Desk(snapshot(open=(incident(claims=(claim(),)),)), managers=("@it-on-call", "@helpdesk"))
    said = await desk.says("ack", person="U9")
    assert "You may ask and report here, but not change an incident." in said
    assert "Members of these Slack user groups may: @it-on-call and @helpdesk." in said
    pressed = await desk.press("mute", person="U9")
    assert "@it-on-call" in slack.text(pressed)
    assert desk.orders == []


@pytest.mark.parametrize(
    "typed",
    [
        "kommt meine Mail an?",
        "geht Outlook?",
        "¿funciona el correo?",
        "le courrier marche ?",
        "メールの状況は",
        "spam",
        "calendar",
    ],
)
async def test_a_question_in_ones_own_words_is_answered_by_how_mail_is(typed: str) -> None:
    """And not by an incident's details, nor by not being understood."""
    shown = await Desk().ask(typed)
    assert (shown.note, shown.incident) == ((), "1")
    assert "How we know" not in str(shown.parts)
