import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.recording import (
    NO_EPOCH,
    Header,
    RecordingError,
    observation_of,
    read,
    read_header,
    recording,
    write,
    write_header,
)
from bot.types import (
    AdvisoryGone,
    AdvisorySeen,
    Arrived,
    Bounced,
    CalendarSeen,
    Direction,
    Duplicated,
    Leg,
    Observation,
    Refused,
    Reported,
    Route,
    Sent,
    SourceBack,
    SourceBlind,
    Unreachable,
    Where,
)
from bot.types.way import read_legs

T0 = datetime(2026, 3, 2, 6, tzinfo=UTC)
ROUTES = (
    Route(name="outbound-eu", direction=Direction.OUTBOUND, vantage="eu"),
    Route(name="slow-us", direction=Direction.INBOUND, vantage="us", interval=timedelta(minutes=5)),
    Route(name="control-eu", direction=Direction.OUTBOUND, vantage="eu", control=True, deadline=timedelta(hours=2)),
)
HEADER = Header(name="evening", epoch=T0, routes=ROUTES, end=T0 + timedelta(days=2))
HEAD = {"routes": [{"route": "out", "direction": "outbound", "vantage": "eu"}]}


def after(seconds: float) -> datetime:
    """Give a moment of the recording."""
    return T0 + timedelta(seconds=seconds)


OBSERVATIONS: list[Observation] = [
    Sent(at=after(1), route="outbound-eu", probe="1"),
    Sent(at=after(1.1), route="outbound-eu", probe="6", accepted_seconds=0.25),
    Refused(at=after(1.2), route="outbound-eu", probe="1", reply="503 5.5.1 Bad sequence of commands"),
    Refused(at=after(2), route="outbound-eu", probe="2", reply="451 4.7.500 Busy", stage="rcpt"),
    Unreachable(at=after(3), route="outbound-eu", probe="3", error="connect: timed out"),
    Arrived(at=after(16.9), route="outbound-eu", probe="4", latency=timedelta(seconds=14.9)),
    Arrived(at=after(17), route="outbound-eu", probe="5", latency=timedelta(seconds=15), folder="junk"),
    Arrived(
        at=after(18),
        route="outbound-eu",
        probe="6",
        latency=timedelta(seconds=16),
        legs=(
            Leg(by="out.example", where=Where.BEFORE, seconds=1.5),
            Leg(by="Microsoft", where=Where.MICROSOFT, seconds=14.5),
        ),
        skew_seconds=-12.0,
        skew_by="out.example",
    ),
    Bounced(at=after(18), route="outbound-eu", probe="6", status="5.4.1"),
    Bounced(at=after(19), route="outbound-eu", probe="7", status="5.4.1", reply="550 5.4.1 Denied"),
    CalendarSeen(at=after(19.5), calendar="office", change="c1", age_seconds=61.5, limit_seconds=600.0, fresh=False),
    AdvisorySeen(at=after(20), source="microsoft", issue={"id": "EX1", "posts": []}),
    AdvisoryGone(at=after(21), source="microsoft", id="EX1"),
    SourceBlind(at=after(22), source="microsoft", error="503 Service Unavailable"),
    SourceBack(at=after(23), source="microsoft"),
    Duplicated(at=after(23.1), route="outbound-eu", probe="6"),
    Duplicated(at=after(23.2), route="outbound-eu", probe="6", folder="junk"),
    SourceBlind(at=after(23.3), source="mailbox:bob", error="no", routes=("outbound-eu", "slow-us")),
    SourceBack(at=after(23.4), source="mailbox:bob", routes=("outbound-eu", "slow-us")),
    Reported(at=after(24), person="Kim", text="mail is slow"),
    Reported(at=after(25), person="Kim", text="works again", works=True),
]


def test_every_kind_of_observation_comes_back_as_it_was_written() -> None:
    """A recording that is written and read again holds the same header and observations."""
    back = read(recording(HEADER, OBSERVATIONS))
    assert back.header == HEADER
    assert list(back) == OBSERVATIONS
    assert back.skipped == 0


def test_an_arrival_of_an_older_recording_is_read_without_its_way() -> None:
    """It named but who had the message longest."""
    line = {
        "t": 17,
        "event": "arrived",
        "route": "outbound-eu",
        "probe": "5",
        "latency_s": 15,
        "held_by": "x",
        "held_s": 9,
    }
    assert observation_of(line, epoch=T0) == Arrived(
        at=after(17), route="outbound-eu", probe="5", latency=timedelta(seconds=15)
    )


def test_legs_of_a_newer_recording_are_read_as_far_as_they_are_known() -> None:
    """A stranger may have written them: names are cleaned, and there are twenty at most."""
    legs = [["<mx>", "microsoft", 1], ["mx", "beyond the stars", 2], *([["b", "before", 1.5]] * 30)]
    read_back = read_legs(legs)
    assert read_back[0] == Leg(by="mx", where=Where.MICROSOFT, seconds=1)
    assert len(read_back) == 20
    assert {leg.where for leg in read_back} == {Where.MICROSOFT, Where.BEFORE}


@pytest.mark.parametrize("legs", ["mx", [["mx", "before", -1]], [["mx", "before", "nan"]], [["mx", "before"]], [1]])
def test_legs_that_are_none_are_refused(legs: object) -> None:
    """Whoever wrote them."""
    with pytest.raises((TypeError, ValueError)):
        read_legs(legs)


@pytest.mark.parametrize("one", OBSERVATIONS, ids=lambda one: type(one).__name__)
def test_lines_are_plain_objects_with_time_and_event(one: Observation) -> None:
    """A line has t in seconds since the epoch and the event's name."""
    line = json.loads(write(one, epoch=T0))
    assert line["t"] == pytest.approx((one.at - T0).total_seconds())
    assert isinstance(line["event"], str)


def test_without_an_epoch_the_clock_starts_with_the_year_2000() -> None:
    """The moment of t = 0 is not always known."""
    assert read_header(json.dumps(HEAD)).epoch == NO_EPOCH == datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("epoch", ["2026-03-02T06:00:00Z", "2026-03-02T08:00:00+02:00", "2026-03-02T06:00:00"])
def test_an_epoch_in_any_zone_is_the_same_moment(epoch: str) -> None:
    """A moment without a zone is taken as UTC."""
    assert read_header(json.dumps(HEAD | {"epoch": epoch})).epoch == T0


def test_intervals_come_from_the_header_or_from_the_route() -> None:
    """A route may differ from the others."""
    head = HEAD | {"interval_s": 240, "deadline_s": 1800}
    assert read_header(json.dumps(head)).routes[0].interval == timedelta(minutes=4)
    own = {"routes": [HEAD["routes"][0] | {"interval_s": 30}], "interval_s": 240}
    assert read_header(json.dumps(own)).routes[0].interval == timedelta(seconds=30)
    assert json.loads(write_header(HEADER))["routes"][1]["interval_s"] == 300


def test_routes_and_observations_are_the_tenants() -> None:
    """A recording belongs to the tenant that it is read for."""
    made = read(recording(HEADER, OBSERVATIONS[:1]), tenant="blue")
    assert {route.tenant for route in made.header.routes} | {one.tenant for one in made} == {"blue"}


def test_unknown_events_are_skipped_and_counted() -> None:
    """A newer program may have written kinds that this one does not know; empty lines are nothing."""
    lines = [json.dumps(HEAD), '{"t": 1, "event": "rumour"}', "", write(OBSERVATIONS[0], epoch=NO_EPOCH)]
    made = read(lines)
    assert len(list(made)) == 1
    assert made.skipped == 1


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        '{"t": 1}',
        '{"t": 1, "event": "sent"}',
        '{"t": "x", "event": "sent", "route": "a", "probe": "1"}',
        '{"t": 1e99, "event": "sent", "route": "a", "probe": "1"}',
        '{"t": 1, "event": "arrived", "route": "a", "probe": "1"}',
        '{"t": 1, "event": "advisory", "source": "microsoft", "issue": 3}',
        '{"t": ' + "[" * 40_000,
    ],
)
def test_a_broken_line_is_named_by_its_number(line: str) -> None:
    """Whoever mends the recording wants to know where."""
    with pytest.raises(RecordingError, match="line 2"):
        list(read([json.dumps(HEAD), line]))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{}",
        '{"routes": 3}',
        '{"routes": [{"route": "a", "direction": "sideways", "vantage": "eu"}]}',
        json.dumps(HEAD | {"epoch": "yesterday"}),
        json.dumps(HEAD | {"epoch": "0001-01-01T00:00:00+14:00"}),
        '{"routes":' + "[" * 40_000,
        json.dumps(HEAD | {"interval_s": 0}),
        json.dumps(HEAD | {"end_s": 1e99}),
    ],
)
def test_a_first_line_that_is_no_header_is_refused(line: str) -> None:
    """A file of something else is told at once."""
    with pytest.raises(RecordingError, match="first line"):
        read([line])


def test_an_empty_installation_can_be_recorded() -> None:
    """A header without routes is a header."""
    assert read_header(write_header(Header(name="none", epoch=T0, routes=()))).routes == ()
