"""Whether we can see at all: vantages that reach nobody, and why that was."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.detect.flights import Flight, Track
from bot.types import Direction

DARK_FAILS = 3
LIGHT_AFTER = 120.0
"""A vantage sees again when it reached somebody and failed no more for so long."""
CONNECT_LIMIT = 10.0
"""So long before it was reported an attempt began that no "sent" was seen of."""


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
    error: str = ""

    @property
    def dark(self) -> bool:
        """Tell whether the vantage sees nothing now."""
        return self.dark_since is not None

    def mixed(self) -> bool:
        """Tell whether several providers failed in the present run, which is the vantage's own trouble."""
        return len({side_of(flight.track) for flight in self.run}) > 1


class Sight:
    """Judges "no answer at all": the mail's trouble, or the vantage's own."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        """Start with every vantage seeing."""
        names = sorted({track.route.vantage for track in tracks})
        self.vantages = {
            name: Vantage(name, frozenset(side_of(t) for t in tracks if t.route.vantage == name)) for name in names
        }
        self.unproven: Flight | None = None
        """The one failure that counts before its vantage is shown to see."""

    def dark(self, track: Track) -> bool:
        """Tell whether a route's vantage sees nothing now."""
        return self.vantages[track.route.vantage].dark

    def failed(self, flight: Flight, now: float) -> list[Flight]:
        """Take in an unreachable message; gives those that count as evidence now."""
        vantage = self.vantages[flight.track.route.vantage]
        vantage.last_fail, vantage.error = now, flight.reply
        if vantage.dark:
            return []
        if len(vantage.sides) == 1:  # there is nothing to compare with
            return [flight] if flight.track.mail else []
        vantage.run.append(flight)
        if vantage.mixed():
            self._suspect(vantage, now)
            return []
        if self.unproven is not None or not flight.track.mail:
            return []
        self.unproven = flight
        return [flight]

    def withdrawn(self, vantage: str) -> Flight | None:
        """Give the unproven failure if it turned out to be the vantage's own, once."""
        run = self.vantages[vantage]
        if self.unproven is None or self.unproven not in run.run or not run.mixed():
            return None
        taken, self.unproven = self.unproven, None
        return taken

    def reached(self, track: Track, sent: float, now: float) -> list[Flight]:
        """Take in a message that was answered; gives the failures that are thereby shown to be the mail's."""
        vantage = self.vantages[track.route.vantage]
        vantage.last_reached = max(vantage.last_reached, sent)
        if vantage.dark:
            self._light(vantage, now)
            return []
        if not vantage.run or sent < min(flight.sent for flight in vantage.run):
            return []
        mixed = vantage.mixed()
        run, vantage.run = vantage.run, []
        if self.unproven in run:
            self.unproven = None
        return [] if mixed else [flight for flight in run if flight.track.mail]

    @staticmethod
    def _suspect(vantage: Vantage, now: float) -> None:
        if len(vantage.run) >= DARK_FAILS:
            vantage.dark_since, vantage.found = min(flight.sent for flight in vantage.run), now

    @staticmethod
    def _light(vantage: Vantage, now: float) -> None:
        if vantage.last_reached > vantage.last_fail - CONNECT_LIMIT and now - vantage.last_fail >= LIGHT_AFTER:
            vantage.dark_since = None
            vantage.run.clear()
