from dataclasses import replace

import pytest

from bot.types import Change, Direction, DirectionNow, Junk, Message, Moment, Skew, Snapshot, SourceNow, Symptom
from bot.types.incidents import Severity
from bot.web.view import PageView, marks, spans, view
from bot.web.ways import State, state_of, ways
from bot.words import catalogue, tell
from bot.words.page import PageWords
from tests.web.examples import BAD, CLAIMED, NOW, OVER, QUIET, SEVERE, WAYS, at, direction

WORDS = PageWords(catalogue("en"))


def seen(snapshot: Snapshot) -> PageView:
    """Say a snapshot in English."""
    return view(snapshot, WORDS, tell)


def flat(parts: tuple[str | Moment, ...]) -> str:
    """Join a text, its moments as clock times."""
    return "".join(part if isinstance(part, str) else f"{part.at:%H:%M}" for part in parts)


def test_a_direction_shows_what_is_odd_about_its_messages() -> None:
    """Junk and a clock that is wrong, each in a line."""
    now = DirectionNow(
        direction=Direction.INBOUND, junk=Junk(n=2, of=10), skews=(Skew(by="mx.example.org", seconds=-120),)
    )
    (way,) = ways(Snapshot(at=NOW, directions=(now,)), WORDS)
    assert ["".join(map(str, note)) for note in way.notes] == [
        "2 of the last 10 test messages landed in Junk.",
        "The clock of mx.example.org is 2 minutes behind. The times between servers are estimates.",
    ]


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (direction(Direction.OUTBOUND), State.OK),
        (direction(Direction.OUTBOUND, Symptom.DELAYED), State.TROUBLE),
        (direction(Direction.OUTBOUND, Symptom.DELAYED, Symptom.SEND_FAILS), State.SEVERE),
        (direction(Direction.OUTBOUND, Symptom.UNMEASURABLE), State.BLIND),
        (direction(Direction.OUTBOUND, Symptom.UNMEASURABLE, Symptom.DELAYED), State.TROUBLE),
        (DirectionNow(direction=Direction.OUTBOUND), State.UNKNOWN),
    ],
)
def test_blind_is_never_trouble_and_no_measurement_never_good(now: DirectionNow, state: State) -> None:
    assert state_of(now) is state


def test_the_loudest_incident_is_the_verdict() -> None:
    page = seen(BAD)
    assert [incident.id for incident in page.open] == ["i1", "i2"]
    assert page.verdict.state is State.SEVERE
    assert flat(page.verdict.headline).startswith("Sending mail fails.")
    assert page.verdict.advice == page.open[0].message.advice


def test_what_turned_out_to_be_a_part_is_told_in_its_whole() -> None:
    page = seen(BAD)
    assert [incident.id for incident in page.past] == ["i0"]
    told = [flat(event.says) for event in page.open[0].events if event.by == "told"]
    assert told == ["Told about its part.", "Told about the incident."]


@pytest.mark.parametrize(
    ("snapshot", "state", "words"),
    [
        pytest.param(QUIET, State.OK, "Mail is flowing.", id="all is well"),
        pytest.param(
            replace(QUIET, sources=(SourceNow(source="microsoft", blind_since=NOW),)),
            State.BLIND,
            "We see no trouble, but we cannot see everything.",
            id="the feed is blind",
        ),
        pytest.param(
            replace(
                QUIET, directions=(direction(Direction.INBOUND), direction(Direction.OUTBOUND, Symptom.UNMEASURABLE))
            ),
            State.BLIND,
            "We see no trouble, but we cannot see everything.",
            id="one direction is blind",
        ),
        pytest.param(
            replace(QUIET, directions=tuple(direction(way, Symptom.UNMEASURABLE) for way in WAYS)),
            State.BLIND,
            "We cannot see whether mail flows.",
            id="every direction is blind",
        ),
        pytest.param(
            replace(QUIET, directions=()), State.UNKNOWN, "No test message has come back yet.", id="just started"
        ),
        pytest.param(
            replace(QUIET, directions=(direction(Direction.OUTBOUND, Symptom.DELAYED),)),
            State.TROUBLE,
            "Something looks wrong; we are checking.",
            id="trouble before its incident",
        ),
    ],
)
def test_the_verdict_without_an_incident(snapshot: Snapshot, state: State, words: str) -> None:
    verdict = seen(snapshot).verdict
    assert (verdict.state, flat(verdict.headline)) == (state, words)


def test_a_direction_says_its_state_in_words_beside_the_sign() -> None:
    outbound, inbound, internal = seen(BAD).ways
    assert (outbound.name, outbound.says) == ("Outgoing mail", "Sending is refused")
    assert (inbound.state, inbound.says) == (State.TROUBLE, "Late")
    assert (internal.state, internal.says) == (State.OK, "Arrives as usual")
    assert flat(internal.last) == "The last test message arrived at 08:40 and took 9 seconds."
    assert internal.recent == "10 test messages in the last 10 minutes: 6 arrived and 4 refused."


def test_a_direction_that_was_never_measured_says_so() -> None:
    page = seen(replace(QUIET, directions=(DirectionNow(direction=Direction.INBOUND),)))
    assert page.ways[0].says == "No measurement yet"
    assert page.ways[0].last == ()
    assert page.ways[0].recent == "No test message in the last 10 minutes."


def test_an_incident_names_its_troubles_its_tickets_and_who_is_on_it() -> None:
    severe, claimed = seen(BAD).open
    assert severe.troubles == ("Outgoing mail: Sending is refused", "Incoming mail: Late")
    assert severe.tickets == ("EX649175",)
    assert severe.severity == "Severe"
    assert claimed.taken == "Ana is on it"


def test_a_past_incident_is_good_and_says_how_long_it_was() -> None:
    over = seen(BAD).past[0]
    assert over.state is State.OK
    assert over.troubles == ("Outgoing mail: Sending is refused", "Incoming mail: Late")
    assert flat(over.when) == "09:05 to 11:40, 2 hours and 35 minutes"


def test_a_feed_says_when_it_was_read_or_since_when_it_cannot_be() -> None:
    read, blind, never = seen(replace(BAD, sources=(*BAD.sources, SourceNow(source="other")))).sources
    assert (read.name, flat(read.says)) == ("Microsoft's service health", "Read at 08:40.")
    assert (blind.name, blind.state) == ("Test messages from office", State.BLIND)
    assert flat(blind.says) == "We cannot see there since 06:00. HTTP 503"
    assert (never.name, never.state) == ("other", State.UNKNOWN)


def test_the_words_are_asked_with_the_test_messages_of_the_incidents_directions() -> None:
    asked: dict[str, Change] = {}

    def note(change: Change) -> Message:
        assert change.incident
        asked[change.incident.id] = change
        return tell(change)

    view(BAD, WORDS, note)
    tallies = {id_: change.tally.sent for id_, change in asked.items() if change.tally}
    assert tallies == {"i1": 20, "i2": 10, "i0": 20}
    assert not any(change.rings for change in asked.values())


def test_only_measured_trouble_is_shaded_and_every_advisory_marked() -> None:
    incidents = (SEVERE, CLAIMED, OVER)
    assert [(span.start, span.end) for span in spans(incidents)] == [
        (at(17, 15, 1), None),
        (at(14, 9, 5), at(14, 11, 40)),
    ]
    assert [mark.label for mark in marks(incidents)] == ["EX649175", "EX649488", "EX647001"]


def test_an_advisory_that_is_listed_says_whether_it_is_about_mail() -> None:
    listed = seen(BAD).listed[0]
    assert (listed.id, listed.is_mail, listed.status) == ("EX649175", True, "serviceDegradation")


def test_of_two_equally_loud_incidents_the_newer_comes_first() -> None:
    older, newer = (
        replace(CLAIMED, id="older", opened=at(18, 1)),
        replace(CLAIMED, id="newer", severity=Severity.WARNING),
    )
    assert [one.id for one in seen(replace(BAD, open=(older, newer))).open] == ["newer", "older"]
