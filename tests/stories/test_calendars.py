"""A calendar that shows old times, from the first lookup to the words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.machine import Machine
from bot.types import CALENDAR, AdvisorySeen, CalendarSeen, Change, Reason, Severity, SourceBack, SourceBlind, Symptom
from bot.words import plain, tell
from tests.stories.evening import closed, issue, moment, post

MINUTE = timedelta(minutes=1)
START = moment("2023-07-19 08:00")
BUSY = issue(
    "EX649488",
    "Users' Free/Busy information may be outdated",
    "Users' Free/Busy information may be outdated.",
    posts=[post("2023-07-19T09:02:00Z", "User impact: Free/busy may be late or wrong.")],
    startDateTime="2023-07-19T08:00:00Z",
)


@dataclass
class Day:
    """A machine, and all that it told; a lookup is made each minute, a change every five."""

    machine: Machine = field(default_factory=lambda: Machine([]))
    told: list[Change] = field(default_factory=list)
    minute: int = 0

    def shows(self, minutes: int, *, fresh: bool) -> None:
        """Let lookups show changes at once, or not at all; what is not shown is given up after twenty minutes."""
        for _ in range(minutes):
            self.minute += 1
            age = 0.5 if fresh else self.minute % 20 + 0.5
            change = str(self.minute) if fresh else f"stale-{self.minute // 20}"
            at = START + self.minute * MINUTE
            seen = CalendarSeen(
                at=at, calendar="office", change=change, age_seconds=age * 60, limit_seconds=600, fresh=fresh
            )
            self.told += [*self.machine.observe(seen), *self.machine.tick(at)]

    def lists(self, raw: Mapping[str, object]) -> None:
        """Let the feed list an advisory."""
        at = START + self.minute * MINUTE
        self.told += self.machine.observe(AdvisorySeen(at=at, source="microsoft", issue=raw))

    @property
    def rung(self) -> list[Change]:
        """What people heard."""
        return [change for change in self.told if change.rings]


def test_a_stale_calendar_is_told_before_the_vendor_confirms_it_and_is_over_by_measurement() -> None:
    """One incident from our first sight to the end, the vendor's EX649488 within it."""
    day = Day()
    day.shows(40, fresh=True)
    day.shows(22, fresh=False)
    day.lists(BUSY)
    day.shows(20, fresh=False)
    day.shows(10, fresh=True)
    day.lists(closed(BUSY, "2023-07-19T09:20:00Z", post("2023-07-19T10:00:00Z", "Final status: Fixed.")))
    assert [change.reason for change in day.rung] == [Reason.OPENED, Reason.VENDOR_CONFIRMS, Reason.RESOLVED]
    assert {change.incident.id for change in day.rung if change.incident} == {"1"}
    first, _, last = (plain(tell(change)) for change in day.rung)
    assert first == (
        "Calendars show old times.\n"
        "Ask people when they are free before you book: what the calendar shows may be out of date. "
        "Your own entries are safe, so do not make them again.\n"
        "It began at about Jul 19 08:39 UTC, 10 minutes ago. "
        "The last change to our test entry in a calendar was not shown to others in time. "
        "The old time was still there after 10 minutes.\n"
        "Microsoft has said nothing yet.\n"
        "We change a test entry in a calendar and look it up as others do."
    )
    assert last.startswith(
        "It is over: calendars show the right times again.\nYou can trust the calendar again.\nIt lasted 44 minutes:"
    )


def test_a_calendar_joins_the_advisory_that_the_vendor_listed_first() -> None:
    """That our own test shows it too is news of the same incident."""
    day = Day()
    day.shows(40, fresh=True)
    day.lists(BUSY)
    day.shows(35, fresh=False)
    assert [change.reason for change in day.rung] == [Reason.OPENED, Reason.WORSE]
    words = plain(tell(day.rung[1]))
    assert words.startswith("Our own test entry in a calendar shows it now too. Calendars show old times.")
    (incident,) = day.machine.snapshot(START).open
    assert [claim.reading.id for claim in incident.claims] == ["EX649488"]
    assert incident.severity is Severity.WARNING


def test_the_vendor_is_contradicted_while_the_old_times_are_still_shown() -> None:
    """Closed in the feed, and not fixed."""
    day = Day()
    day.shows(40, fresh=True)
    day.shows(20, fresh=False)
    day.lists(BUSY)
    day.lists(closed(BUSY, "2023-07-19T09:01:00Z", post("2023-07-19T09:01:00Z", "Final status: Fixed.")))
    day.shows(15, fresh=False)
    assert Reason.VENDOR_SAYS_FIXED in [change.reason for change in day.rung]
    assert Reason.RESOLVED not in [change.reason for change in day.rung]


def test_late_mail_is_no_confirmation_of_a_stale_calendar() -> None:
    """An advisory about mail is another kind of fault, and is told apart."""
    day = Day()
    day.shows(40, fresh=True)
    day.shows(22, fresh=False)
    day.lists(issue("EX1", "Users' email may be delayed", "Users' email may be delayed."))
    assert len(day.machine.snapshot(START).open) == 2


def test_a_calendar_that_we_may_not_read_is_blindness_and_no_fault() -> None:
    """A missing permission rings nobody, and shows until it is mended."""
    day, source = Day(), f"{CALENDAR}office"
    day.shows(5, fresh=True)
    blind = SourceBlind(at=START + 6 * MINUTE, source=source, error="Grant the application permission …")
    assert day.machine.observe(blind) == []
    later = START + timedelta(hours=5)
    assert day.machine.tick(later) == []
    snapshot = day.machine.snapshot(later)
    assert snapshot.open == ()
    assert snapshot.calendars[0].symptoms == (Symptom.UNMEASURABLE,)
    day.machine.observe(SourceBack(at=later, source=source))
    assert day.machine.snapshot(later).calendars[0].symptoms == ()


def test_a_restart_in_the_middle_goes_on_with_the_same_incident() -> None:
    """What is known of calendars is written down with the rest."""
    day = Day()
    day.shows(40, fresh=True)
    day.shows(15, fresh=False)
    again = Day(machine=Machine.load(day.machine.dump(), []), minute=day.minute)
    again.shows(2, fresh=False)
    again.shows(10, fresh=True)
    assert [change.reason for change in (*day.rung, *again.rung)] == [Reason.OPENED, Reason.RESOLVED]
