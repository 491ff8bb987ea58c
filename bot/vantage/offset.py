"""How far the bot's clock is from ours, by the four stamps of an exchange (RFC 5905, section 8); pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

KEPT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One measurement: the bot's clock is ``offset`` ahead of ours, within half of ``round_trip``."""

    offset: timedelta
    round_trip: timedelta

    def agrees(self, other: "Sample") -> bool:
        """Tell whether both can be true of one clock."""
        return abs(self.offset - other.offset) <= (self.round_trip + other.round_trip) / 2 + timedelta(milliseconds=50)


def measured(sent: datetime, received: datetime, answered: datetime, back: datetime) -> Sample:
    """Measure from when we sent and had the answer back by our clock, and the bot's own two stamps."""
    there, here = received - sent, answered - back
    return Sample(offset=(there + here) / 2, round_trip=max(there - here, timedelta()))


@dataclass(slots=True)
class Offset:
    """The surest of the last few measurements: that of the shortest round trip."""

    samples: list[Sample] = field(default_factory=list)

    @property
    def best(self) -> Sample | None:
        """Give the surest; None before the first."""
        return min(self.samples, key=lambda sample: sample.round_trip, default=None)

    def add(self, sample: Sample) -> None:
        """Take in a measurement; one that cannot be of the same clock means that a clock was set."""
        best = self.best
        if best is not None and not sample.agrees(best):
            self.samples = []
        self.samples = [*self.samples, sample][-KEPT:]
