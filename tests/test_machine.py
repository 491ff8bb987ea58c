import gc
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.detect.flights import Track
from bot.machine import Machine
from bot.recording import read
from bot.types import (
    AdvisoryGone,
    AdvisorySeen,
    Change,
    Direction,
    Observation,
    Order,
    Reported,
    Rules,
    SourceBack,
    SourceBlind,
    Verb,
)
from tests.handlers.people import ANA
from tests.recorded import END_S, TROUBLE_S, moment, recording
from tests.stories.evening import closed, issue

STEP = timedelta(seconds=30)
SEND = issue("EX649175", "Some users may be unable to send email", "Users may be unable to send email.")
SEARCH = issue(
    "EX7", "Users may be unable to search in Outlook on the web", "Users may be unable to search their mail."
)
CHAT = issue("TM9", "Chat messages may be delayed", "Chat may be delayed.", service="Microsoft Teams")


def observations() -> list[Observation]:
    return list(read(recording()))


def machine(**more: bool) -> Machine:
    del more
    return Machine(read(recording()).header.routes)


def run(one: Machine, start: float, end: float) -> Iterator[Change]:
    now = moment(start)
    for seen in observations():
        if moment(start) <= seen.at < moment(end):
            while now <= seen.at:
                yield from one.tick(now)
                now += STEP
            yield from one.observe(seen)


def seen(raw: dict[str, object], t: float) -> AdvisorySeen:
    return AdvisorySeen(at=moment(t), source="microsoft", issue=raw)


def test_an_outage_opens_one_incident_and_resolves_it() -> None:
    """From test messages to changes."""
    rung = [change for change in run(machine(), 0, END_S) if change.rings]
    assert [str(change.reason) for change in rung] == ["opened", "resolved"]
    assert rung[0].tally is not None
    assert rung[0].tally.refused > 0


def test_a_machine_goes_on_where_it_was_written_down() -> None:
    """A restart in the middle of an outage loses and repeats nothing."""
    middle = sum(TROUBLE_S) / 2
    whole = [str(c.reason) for c in run(machine(), 0, END_S) if c.rings]
    first = machine()
    told = [str(c.reason) for c in run(first, 0, middle) if c.rings]
    second = Machine.load(first.dump(), read(recording()).header.routes)
    told += [str(c.reason) for c in run(second, middle, END_S) if c.rings]
    assert told == whole
    assert second.snapshot(moment(END_S)).past[0].id == "1"


def test_a_machine_that_nobody_has_any_more_is_gone_at_once() -> None:
    """What others watch is read anew all the time: machines that waited for a collection would fill the memory."""

    def routes_in_memory() -> int:
        return sum(isinstance(one, Track) for one in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = routes_in_memory()
        one = machine()
        assert [change for change in run(one, 0, END_S) if change.rings]
        other = Machine.load(one.dump(), read(recording()).header.routes)
        assert routes_in_memory() > before
        del one, other
        assert routes_in_memory() == before
    finally:
        gc.enable()


def test_a_state_that_is_none_is_refused() -> None:
    """A broken file is not a fresh start."""
    with pytest.raises(ValueError, match="JSON"):
        Machine([], state=b"nonsense")


def test_a_snapshot_shows_all_that_people_ask_for() -> None:
    """Directions, incidents, sources, advisories, messages."""
    one = machine()
    list(run(one, 0, sum(TROUBLE_S) / 2))
    t = sum(TROUBLE_S) / 2
    one.observe(seen(SEARCH, t))
    one.observe(seen(CHAT, t))
    one.observe(SourceBlind(at=moment(t), source="microsoft", error="503"))
    shown = one.snapshot(moment(t), language="de")
    assert [incident.id for incident in shown.open] == ["1", "2"]
    assert {claim.reading.id for claim in shown.advisories} == {"EX7", "TM9"}
    assert [message.language for message in shown.messages] == ["de", "de"]
    assert shown.messages[0].incident == "2"
    assert Direction.OUTBOUND in {direction.direction for direction in shown.directions}
    assert shown.sources[0].blind_since == moment(t)


def test_a_feed_comes_and_goes() -> None:
    """Listed, gone, closed, blind, back."""
    one = Machine([])
    reasons = [
        *one.observe(seen(SEND, 0)),
        *one.observe(AdvisoryGone(at=moment(60), source="microsoft", id="EX649175")),
        *one.tick(moment(700)),
        *one.observe(seen(closed(SEND, moment(900).isoformat()), 1000)),
        *one.observe(SourceBlind(at=moment(2000), source="microsoft", error="503")),
        *one.tick(moment(4000)),
        *one.observe(SourceBack(at=moment(5000), source="microsoft")),
        *one.observe(Reported(at=moment(5001), person="Ada", text="late")),
    ]
    rung = [str(change.reason) for change in reasons if change.rings]
    assert rung == ["opened", "no longer listed", "resolved", "cannot see", "sees again"]


def test_orders_change_the_book_and_what_rings_is_remembered() -> None:
    """A person parts what we joined."""
    one = Machine([], rules=Rules())
    one.observe(seen(SEND, 0))
    order = Order(at=moment(10), person="Ada", by=ANA, verb=Verb.ACK, incident="1")
    assert [change.why for change in one.order(order)] == ["acknowledged by Ada"]
    assert one.snapshot(moment(20)).open[0].acknowledged_by == "Ada"
    assert len(one.snapshot(moment(20)).messages) == 1


def test_a_quiet_machine_says_nothing_and_suspects_nobody() -> None:
    """Most of the time."""
    one = machine()
    assert list(run(one, 0, 3600)) == []
    assert one.suspects(moment(3600)) == ()


def test_the_longer_it_was_quiet_the_less_often_time_passes_where_nobody_measures() -> None:
    """What waits comes later by a tenth at most, and at the end nothing is waited for."""
    listening = Machine((), tenant="acme")
    rests = [listening.rest(timedelta(seconds=quiet)) for quiet in (0, 60, 200, 899, 900)]
    assert rests == [timedelta(seconds=5), timedelta(seconds=6), timedelta(seconds=20), timedelta(minutes=1), None]
    listening.observe(seen(SEND, 0))
    assert listening.rest(timedelta(hours=1)) == timedelta(minutes=1)
    assert machine().rest(timedelta(hours=1)) == timedelta(seconds=5)


def test_beside_test_messages_what_nobody_measures_is_told_a_minute_late_at_most() -> None:
    """It is not judged anew with every message: a company has a dozen advisories, and a message every few seconds."""
    one = machine()
    one.observe(SourceBlind(at=moment(0), source="microsoft", error="503"))
    told = [after for after in range(5, 2_400, 5) if any(change.rings for change in one.tick(moment(after)))]
    assert [1_500 <= after <= 1_560 for after in told] == [True]
