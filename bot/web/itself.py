"""How the bot itself is, in sentences for the page; pure."""

from collections.abc import Iterator
from datetime import timedelta

from bot.types import Moment
from bot.web.health import Beat, Health, Mouth
from bot.web.view import SourceView
from bot.web.ways import State
from bot.words.page import Line, PageWords


def itself(health: Health, words: PageWords) -> tuple[SourceView, ...]:
    """Say whether its loops come round, what is seen is saved, people can be told, and somebody outside hears of it."""
    return (
        _loops(health, words),
        _store(health, words),
        *(_mouth(mouth, words) for mouth in health.mouths),
        *_outward(health, words),
        *_stood_still(health, words),
        *_clock(health, words),
    )


def _loops(health: Health, words: PageWords) -> SourceView:
    loops = [beat for beat in health.beats if not beat.task]
    hang = [beat.loop for beat in loops if beat.age > beat.deadline]
    name = words.string(Line.LOOPS)
    if hang:
        says = words.text(Line.LOOPS_HANG, loops=words.catalogue.listed(hang))
        return SourceView(name=name, state=State.BLIND, says=says)
    again = [_counted(beat) for beat in loops if beat.restarts]
    if again:
        says = words.text(Line.LOOPS_AGAIN, loops=words.catalogue.listed(again))
        return SourceView(name=name, state=State.OK, says=says)
    return SourceView(name=name, state=State.OK, says=words.text(Line.LOOPS_OK))


def _counted(beat: Beat) -> str:
    return f"{beat.loop} ({beat.restarts})"


def _store(health: Health, words: PageWords) -> SourceView:
    name = words.string(Line.STORE)
    if health.store:
        return SourceView(name=name, state=State.OK, says=words.text(Line.STORE_OK))
    since = Moment(at=health.unsaved_since or health.at, with_date=True)
    if health.store_lost:
        return SourceView(name=name, state=State.BLIND, says=words.text(Line.STORE_LOST, when=since))
    says = words.text(Line.STORE_FAILS, when=since, error=health.store_error)
    return SourceView(name=name, state=State.BLIND, says=says)


def _mouth(mouth: Mouth, words: PageWords) -> SourceView:
    name = words.string(Line.MOUTH, name=mouth.name)
    if not mouth.error:
        return SourceView(name=name, state=State.OK, says=words.text(Line.MOUTH_OK))
    return SourceView(name=name, state=State.BLIND, says=words.text(Line.MOUTH_FAILS, error=mouth.error))


def _outward(health: Health, words: PageWords) -> Iterator[SourceView]:
    if health.outward is None:
        return
    taken, error = health.outward.taken, health.outward.error
    name = words.string(Line.OUTWARD)
    if taken is None:
        state = State.BLIND if error else State.UNKNOWN
        yield SourceView(name=name, state=state, says=words.text(Line.OUTWARD_NEVER, error=error))
        return
    when = Moment(at=taken, with_date=bool(error))
    if error:
        says = words.text(Line.OUTWARD_FAILS, when=when, error=error)
        yield SourceView(name=name, state=State.BLIND, says=says)
        return
    yield SourceView(name=name, state=State.OK, says=words.text(Line.OUTWARD_TAKEN, when=when))


def _stood_still(health: Health, words: PageWords) -> Iterator[SourceView]:
    if health.blocked:
        count, length = words.catalogue.number(health.blocked), words.length(health.blocked_for)
        says = words.text(Line.STOOD_STILL_SINCE, count=count, length=length)
        yield SourceView(name=words.string(Line.STOOD_STILL), state=State.OK, says=says)


def _clock(health: Health, words: PageWords) -> Iterator[SourceView]:
    """Say that the clock jumped: what is shown as an age may be off around then."""
    jump = health.clock_set
    if jump:
        line = Line.CLOCK_FORWARD if jump.by > timedelta() else Line.CLOCK_BACK
        says = words.text(line, length=words.length(abs(jump.by)), when=Moment(at=jump.at, with_date=True))
        yield SourceView(name=words.string(Line.CLOCK), state=State.OK, says=says)
