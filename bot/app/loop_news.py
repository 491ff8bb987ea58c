"""What is new about loops that hang, for people to be told; pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.types import LOOP, SightObservation, SourceBack, SourceBlind, SourceNow
from bot.web.health import Beat

QUIET = timedelta(days=1)
"""A loop that was told of is not told of again for so long."""


def loop_news(
    beats: Iterable[Beat], sources: Iterable[SourceNow], now: datetime, *, tenant: str, told_after: timedelta
) -> list[SightObservation]:
    """Say which loops hang that did not, and which run again; trouble shorter than ``told_after`` was not told."""
    hang = {LOOP + beat.loop: beat for beat in beats if not beat.task and beat.age > beat.deadline}
    known = {source.source: source for source in sources if source.source.startswith(LOOP)}
    back = [name for name, source in known.items() if source.blind_since and name not in hang]
    new = [name for name in hang if name not in known or _may_be_told(known[name], now, told_after)]
    return [
        *(SourceBack(at=now, source=name, tenant=tenant) for name in back),
        *(SourceBlind(at=now, source=name, error=hang[name].error, tenant=tenant) for name in new),
    ]


def _may_be_told(source: SourceNow, now: datetime, told_after: timedelta) -> bool:
    if source.blind_since:
        return False
    if source.last_read is None or source.was_blind_since is None:
        return True
    was_told = source.last_read - source.was_blind_since >= told_after
    return not was_told or now - source.last_read >= QUIET
