"""What a person may ask to be told in person."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.types import Direction, QuietHours, Subscription
from bot.words.answers import Answer
from handlers.asked import Asked
from handlers.saving import Saving
from handlers.slack import answer as slack
from handlers.subscriptions import hours_of, quiet_from, quiet_in, quiet_until, told_about
from tests.handlers.examples import NOW
from tests.handlers.people import ANA, Kept
from tests.handlers.test_commands import Desk

NIGHT = QuietHours(start=time(22), end=time(7), zone="Europe/Berlin")


async def says(kept: Kept, text: str, **changes: object) -> str:
    """Type something as Ana, and read the answer."""
    desk = Desk()
    commands = replace(desk.commands, subscriptions=kept.desk(desk.commands.orders.saving))
    asked = Asked(text=text, person=ANA, name="ana", whom=ANA)
    return slack.text(await commands.answer(replace(asked, **changes)))  # type: ignore[arg-type]  # as the test says


async def test_subscribe_alone_is_everything_under_the_persons_name_and_language() -> None:
    """One row, from now on."""
    kept = Kept()
    assert "You are told everything by direct message." in await says(kept, "subscribe")
    assert kept.people == {ANA: Subscription(person=ANA, created=NOW)}
    assert kept.by == ["ana"]
    await says(kept, "subscribe", language="de")
    assert kept.people[ANA].language == "de"


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("subscribe outbound", {Direction.OUTBOUND}),
        ("subscribe to incoming mail", {Direction.INBOUND}),
        ("subscribe inbound and outbound", {Direction.INBOUND, Direction.OUTBOUND}),
        ("abonnieren ausgehend", {Direction.OUTBOUND}),
        ("subscribe all", set()),
    ],
)
async def test_directions_are_chosen_by_words(typed: str, ways: set[Direction]) -> None:
    """And what was set besides stays."""
    kept = Kept({ANA: Subscription(person=ANA, created=NOW, directions=frozenset({Direction.INTERNAL}), quiet=NIGHT)})
    await says(kept, typed)
    assert kept.people[ANA].directions == ways
    assert kept.people[ANA].quiet == NIGHT


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("22:00-07:00 Europe/Berlin", NIGHT),
        ("22-7", replace(NIGHT, zone="Asia/Tokyo")),
        ("22:30 to 6:15 UTC", QuietHours(start=time(22, 30), end=time(6, 15), zone="UTC")),
        ("25:00-07:00", None),
        ("22:00-07:00 Europe/Atlantis", None),
        ("22:00-07:00 ../../etc/passwd", None),
        ("at night", None),
    ],
)
def test_quiet_hours_are_read_with_the_persons_zone_unless_one_is_named(typed: str, hours: QuietHours | None) -> None:
    """What cannot be read is nothing."""
    assert hours_of(typed, "Asia/Tokyo") == hours


async def test_quiet_hours_are_set_and_ended_by_words() -> None:
    """What cannot be read changes nothing."""
    kept = Kept()
    assert "Quiet from 22:00 to 07:00 (Europe/Berlin)" in await says(kept, "subscribe quiet 22-7 Europe/Berlin")
    assert "Nothing was changed" in await says(kept, "subscribe quiet whenever")
    assert kept.people[ANA].quiet == NIGHT
    assert "No quiet hours are set." in await says(kept, "subscribe quiet off")
    assert kept.people[ANA].quiet is None


async def test_a_person_sees_what_they_have_and_ends_it() -> None:
    """Looking changes nothing."""
    kept = Kept()
    assert "You are not told in person." in await says(kept, "subscriptions")
    assert kept.people == {}
    await says(kept, "subscribe outbound")
    assert "Outgoing mail" in await says(kept, "my subscriptions".removeprefix("my "))
    assert "no longer told" in await says(kept, "unsubscribe")
    assert kept.people == {}


async def test_where_there_is_no_room_or_no_way_to_a_person_it_is_said() -> None:
    """And nothing is saved."""
    assert "no room for one more" in await says(Kept(full=True), "subscribe")
    for typed in ("subscribe", "subscriptions", "unsubscribe", "subscribe quiet off"):
        assert "cannot reach a person alone" in await says(Kept(), typed, whom=None)
        assert "cannot reach a person alone" in await Desk().says(typed)


async def test_what_could_not_be_saved_is_not_said_to_be() -> None:
    """The store is broken."""
    assert "could not be saved" in await says(Kept(breaks=True), "subscribe")


async def test_a_store_that_hangs_is_answered_honestly_and_the_outcome_told_later() -> None:
    """Nothing acknowledged is lost: the change goes on, and its answer follows."""
    kept, saving = Kept(gate=asyncio.Event()), Saving(timedelta(0))
    later: list[Answer] = []

    async def late(answer: Answer) -> None:
        later.append(answer)

    asked = Asked(text="", person=ANA, name="ana", whom=ANA)
    first = await kept.desk(saving).subscribe(asked, "outbound", late)
    assert "Not saved yet, I will tell you." in slack.text(first)
    assert kept.people == {}
    assert kept.gate
    kept.gate.set()
    await saving.drain()
    await saving.drain()
    assert kept.people[ANA].directions == {Direction.OUTBOUND}
    assert ["by direct message about: Outgoing mail" in slack.text(answer) for answer in later] == [True]


def test_a_control_changes_one_thing_and_begins_with_the_usual_night() -> None:
    """In the person's own zone."""
    had = Subscription(person=ANA, created=NOW)
    assert quiet_from(time(21), "Asia/Tokyo")(had).quiet == QuietHours(start=time(21), end=time(7), zone="Asia/Tokyo")
    assert quiet_until(time(8), "")(had).quiet == QuietHours(start=time(22), end=time(8), zone="UTC")
    both = quiet_in("Europe/Berlin")(quiet_from(time(23), "UTC")(had))
    assert both.quiet == QuietHours(start=time(23), end=time(7), zone="Europe/Berlin")
    assert told_about(frozenset({Direction.INBOUND}))(both).quiet == both.quiet
