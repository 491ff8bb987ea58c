"""Findings of another kind: that we cannot see, where, since when and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.detect.flights import Track
from bot.detect.installation import Installation
from bot.detect.moments import moment
from bot.types import Direction, Evidence, Finding, Symptom

OWN_TROUBLES = 2
PAUSE = 900.0
"""So long without being asked, we were not watching, and how long we were blind begins anew."""
CLOCK, CANARY, SILENCE, UNHEARD = "clock", "canary", "silence", "unheard"


@dataclass(slots=True)
class Blind:
    """One reason why we cannot see, while it lasts."""

    cause: str
    since: float
    found: float
    why: str
    tracks: tuple[Track, ...] = ()
    until: float = 0.0
    """For a clock that jumped: when it is trusted again."""

    def finding(self, tenant: str, ended: float | None = None) -> Finding:
        """Say it as a finding."""
        name = f"blind-{self.cause}-{int(self.since)}"
        return Finding(
            id=name,
            stretch=name,
            symptom=Symptom.UNMEASURABLE,
            direction=Direction.NONE,
            routes=tuple(track.route.name for track in self.tracks),
            vantages=tuple(sorted({track.route.vantage for track in self.tracks})),
            since=moment(self.since),
            found=moment(self.found),
            share=1.0,
            sure=1.0,
            evidence=Evidence(bad=0, of=0, reply=self.why),
            ended=None if ended is None else moment(ended),
            tenant=tenant,
            unheard=self.cause.startswith(UNHEARD),
        )


class Blindness:
    """Keeps the reasons why we cannot see, and tells of each while it lasts and once when it is over."""

    def __init__(self, known: Installation) -> None:
        """Start seeing."""
        self._known = known
        self._tracks: Sequence[Track] = known.tracks
        self._tenant = known.tenant
        self.open: dict[str, Blind] = {}
        self._asked = 0.0
        self.jump: Blind | None = None

    def jumped(self, before: float, now: float, until: float) -> None:
        """Note that the clock jumped; it is trusted again after a while."""
        why = f"the clock jumped by {now - before:+.0f} s"
        self.jump = Blind(CLOCK, min(before, now), now, why, tuple(self._tracks), until)

    def tell(self, now: float, silent_since: float | None) -> Iterator[Finding]:
        """Give a finding for each reason that holds, and for each that holds no more since the last time."""
        paused, self._asked = now - self._asked > PAUSE, now
        causes = {blind.cause: blind for blind in self._causes(now, silent_since)}
        for cause in [cause for cause in self.open if cause not in causes]:
            yield self.open.pop(cause).finding(self._tenant, ended=now)
        for cause, blind in causes.items():
            if cause in self.open:
                blind.found = now if paused else self.open[cause].found
                blind.since = self.open[cause].since
            self.open[cause] = blind
            yield blind.finding(self._tenant)

    def blind_tracks(self) -> set[int]:
        """Give the routes that cannot be seen on, by their numbers."""
        unread = {track.index for track in self._tracks if track.unread}
        return unread | {track.index for blind in self.open.values() for track in blind.tracks}

    def _causes(self, now: float, silent_since: float | None) -> Iterator[Blind]:
        for vantage in self._known.sight.vantages.values():
            if vantage.dark_since is not None:
                here = tuple(self._known.at(vantage.name))
                yield Blind(f"vantage-{vantage.name}", vantage.dark_since, vantage.found, vantage.error, here)
        yield from self._unheard(now)
        own = tuple(track for track in self._tracks if track.own_troubles >= OWN_TROUBLES)
        if own:
            yield Blind(CANARY, min(track.own_since for track in own), now, own[0].own_reply, own)
        if silent_since is not None:
            yield Blind(SILENCE, silent_since, now, "no test message was seen", tuple(self._known.near))
        if self.jump is not None and now < self.jump.until:
            yield self.jump

    def _unheard(self, now: float) -> Iterator[Blind]:
        for name, contact in self._known.contacts.items():
            if contact.is_quiet(now):
                here = tuple(self._known.at(name))
                yield Blind(f"{UNHEARD}-{name}", contact.heard, now, "nothing was heard from there", here)
