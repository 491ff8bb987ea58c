"""How each way of mail is now, and each calendar: what the page shows first."""

from dataclasses import dataclass
from enum import StrEnum

from bot.types import CalendarNow, DirectionNow, Moment, Snapshot, Symptom, Text
from bot.words.page import Line, PageWords
from bot.words.way import clocks, junk

HARD = frozenset({Symptom.SEND_FAILS, Symptom.BOUNCED, Symptom.LOST})
"""What loses mail, other than what only makes it late."""


class State(StrEnum):
    """What a sign and a colour stand for; the word beside them says the same."""

    OK = "ok"
    TROUBLE = "trouble"
    SEVERE = "severe"
    BLIND = "blind"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class WayView:
    """One direction now, or one calendar."""

    key: str
    """Which sign it bears: the direction's, or ``calendar``."""
    name: str
    state: State
    says: str
    last: Text
    usual: str
    recent: str
    notes: tuple[Text, ...] = ()
    """What is odd about the messages that arrive."""


def ways(snapshot: Snapshot, words: PageWords) -> tuple[WayView, ...]:
    """Say how each direction is, then each calendar."""
    directions = tuple(_direction(now, words) for now in snapshot.directions)
    return directions + tuple(_calendar(now, words) for now in snapshot.calendars)


def state_of(now: DirectionNow | CalendarNow) -> State:
    """Tell how a direction or a calendar is; being blind is never trouble, and no measurement never good."""
    wrong = set(now.symptoms) - {Symptom.UNMEASURABLE}
    if wrong:
        return State.SEVERE if wrong & HARD else State.TROUBLE
    if now.symptoms:
        return State.BLIND
    seen = now.last_arrived if isinstance(now, DirectionNow) else now.last_shown
    return State.OK if seen else State.UNKNOWN


def _direction(now: DirectionNow, words: PageWords) -> WayView:
    state = state_of(now)
    return WayView(
        key=now.direction,
        name=words.direction(now.direction),
        state=state,
        says=words.string(Line.UNMEASURED) if state is State.UNKNOWN else words.symptoms(now.symptoms),
        last=_last(now, words),
        usual=words.string(Line.USUAL, length=words.length(now.usual)) if now.usual is not None else "",
        recent=words.recent(now.recent),
        notes=tuple(note for note in (junk(now, words.catalogue), *clocks(now, words.catalogue)) if note),
    )


def _last(now: DirectionNow, words: PageWords) -> Text:
    if now.last_arrived is None or now.last_latency is None:
        return ()
    return words.text(Line.LAST, when=Moment(at=now.last_arrived), length=words.length(now.last_latency))


def _calendar(now: CalendarNow, words: PageWords) -> WayView:
    state = state_of(now)
    shown = words.symptoms(now.symptoms) if now.symptoms else words.string(Line.SHOWN)
    waiting = words.string(Line.NOT_SHOWN, length=words.length(now.waiting)) if now.waiting is not None else ""
    return WayView(
        key="calendar",
        name=words.calendar(now.calendar),
        state=state,
        says=words.string(Line.UNMEASURED) if state is State.UNKNOWN else shown,
        last=words.last_shown(now),
        usual="",
        recent=waiting,
    )
