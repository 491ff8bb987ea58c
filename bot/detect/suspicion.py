"""Confirming probes: a first suspicion asks for more test messages now, within a budget."""

from collections.abc import Sequence

from bot.detect.evidence import Evidence
from bot.detect.family import Trouble
from bot.detect.flights import Track
from bot.detect.ringing import Ringing
from bot.types import Direction

SUSPICIOUS = 0.3
"""Share of the threshold from which probes are asked for."""
ASKING = 180.0
"""Seconds after which a suspicion that confirmed nothing is left to the ordinary rounds."""
APART = 5.0
MINUTE = 60.0
BUDGET = 20
"""Messages a minute in one direction: a mailbox may send 30 a minute, and the ordinary rounds need theirs."""


class Suspicion:
    """Remembers since when each direction is suspicious."""

    def __init__(self) -> None:
        """Start without suspicion."""
        self._since: dict[Direction, float] = {}

    def routes(self, now: float, tracks: Sequence[Track], evidence: Evidence, ringing: Ringing) -> list[Track]:
        """Give the routes that want a probe now: all of each direction that is suspicious, from every vantage."""
        wanted: list[Track] = []
        for number, direction in enumerate(evidence.directions):
            here = [track for track in tracks if track.mail and track.route.direction is direction]
            if not _suspicious([evidence.first_direction + number, *(t.index for t in here)], evidence, ringing):
                self._since.pop(direction, None)
            elif now - self._since.setdefault(direction, now) <= ASKING:
                wanted.extend(_within_budget(here, now))
        return wanted


def _suspicious(groups: Sequence[int], evidence: Evidence, ringing: Ringing) -> bool:
    hot = [group for group in groups if group in evidence.hot]
    kinds = [kind for kind in Trouble if kind not in ringing.open]
    return any(evidence.strongest(g, kind) >= SUSPICIOUS * evidence.ring_at[kind] for g in hot for kind in kinds)


def _within_budget(tracks: Sequence[Track], now: float) -> list[Track]:
    sent = sum(flight.sent > now - MINUTE for track in tracks for flight in track.ring)
    rested = [track for track in tracks if now - track.last_sent >= APART]
    rested.sort(key=lambda track: track.last_sent)
    return rested[: max(BUDGET - sent, 0)]
