"""What is heard from places that report over a network: silence there is not seeing, and late word is old."""

from dataclasses import dataclass

MARGIN = 15.0
"""Waiting counts for so long after the last word: beyond it nobody told us that a message had not come."""


@dataclass(slots=True)
class Contact:
    """One far place; the seconds are of our own clock, to which its moments were corrected."""

    shortest: float
    """Between two of its test messages."""
    heard: float = 0.0
    """The newest moment that it told of."""
    voided: bool = False

    @property
    def patience(self) -> float:
        """Seconds without a word after which nothing can be said of what is under way."""
        return 1.3 * self.shortest + MARGIN

    @property
    def evidence_until(self) -> float:
        """Give the moment until which waiting counts."""
        return self.heard + MARGIN

    def hear(self, at: float) -> None:
        """Take in that it told of a moment, which may be long past."""
        if at > self.heard:
            self.heard, self.voided = at, False

    def is_quiet(self, now: float) -> bool:
        """Tell whether it is silent; one that was never heard is given its time from now on."""
        self.heard = self.heard or now
        return now - self.heard > self.patience

    def falls_silent(self, now: float) -> bool:
        """Tell once that it became silent."""
        fell = self.is_quiet(now) and not self.voided
        self.voided = self.voided or fell
        return fell
