"""Whether we can see at all: vantages that reach nobody, and canaries with troubles of their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.detect.flights import Flight, Track
from bot.types import Direction

DARK_FAILS = 3
LIGHT_AFTER = 120.0
"""A vantage sees again when it reached somebody and failed no more for so long."""
CONNECT_LIMIT = 10.0
"""So long before it was reported an attempt began that no "sent" was seen of."""
OWN_TROUBLES = 2


def side_of(track: Track) -> str:
    """Name the provider that a route's messages are handed to: the watched one, the others, or two others."""
    if track.route.control:
        return "control"
    return "theirs" if track.route.direction is Direction.INBOUND else "ours"


@dataclass(slots=True)
class Vantage:
    """A place that messages are sent from; ``run`` are its failures since it last reached anybody."""

    name: str
    sides: frozenset[str]
    run: list[Flight] = field(default_factory=list)
    last_fail: float = 0.0
    last_reached: float = 0.0
    dark_since: float | None = None
    found: float = 0.0
    lit: float | None = None

    @property
    def dark(self) -> bool:
        """Tell whether the vantage sees nothing now."""
        return self.dark_since is not None

    def sides_failing(self) -> set[str]:
        """Name the providers that failed in the present run."""
        return {side_of(flight.track) for flight in self.run}


class Sight:
    """Judges "no answer at all": the mail's trouble, or the vantage's own."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        """Start with every vantage seeing."""
        names = {track.route.vantage for track in tracks}
        self.vantages = {
            name: Vantage(name, frozenset(side_of(t) for t in tracks if t.route.vantage == name)) for name in names
        }
        self.unproven: Flight | None = None

    def failed(self, flight: Flight, now: float) -> tuple[list[Flight], list[Flight]]:
        """Take in an unreachable message; gives those that count as evidence now, and those that no longer do."""
        vantage = self.vantages[flight.track.route.vantage]
        vantage.last_fail = now
        if vantage.dark:
            return [], []
        vantage.run.append(flight)
        if len(vantage.sides) == 1:
            return [flight], []
        if len(vantage.sides_failing()) > 1:
            return [], self._suspect(vantage, now)
        if self.unproven is None and not flight.track.route.control:
            self.unproven = flight
            return [flight], []
        return [], []

    def _suspect(self, vantage: Vantage, now: float) -> list[Flight]:
        """Take back what a vantage's failures said, as several providers at once do not answer it."""
        if len(vantage.run) >= DARK_FAILS:
            vantage.dark_since, vantage.found = min(flight.sent for flight in vantage.run), now
        if self.unproven in vantage.run:
            taken, self.unproven = self.unproven, None
            return [taken] if taken is not None else []
        return []

    def reached(self, track: Track, sent: float, now: float) -> list[Flight]:
        """Take in a message that reached a server; gives the failures that are thereby shown to be the mail's."""
        vantage = self.vantages[track.route.vantage]
        vantage.last_reached = max(vantage.last_reached, sent)
        if not vantage.run and not vantage.dark:
            return []
        if vantage.dark:
            self._light(vantage, now)
            return []
        first = min(flight.sent for flight in vantage.run)
        if sent < first:
            return []
        run, vantage.run = vantage.run, []
        mixed = len({side_of(flight.track) for flight in run}) > 1
        if self.unproven in run:
            self.unproven = None
        return [] if mixed else [flight for flight in run if not flight.track.route.control]

    def _light(self, vantage: Vantage, now: float) -> None:
        if vantage.last_reached > vantage.last_fail - 10 and now - vantage.last_fail >= LIGHT_AFTER:
            vantage.lit = now
            vantage.run.clear()
