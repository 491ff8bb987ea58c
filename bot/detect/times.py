"""Time as the detector sees it: what a jump of the clock or a silence does to what is under way."""

from dataclasses import dataclass

BACK = 60.0
"""An observation that is older than the newest by more is late, or the clock went back."""
BELIEVED = 3
"""So many observations in a row from before mean that the clock went back."""
LONG_SILENCE = 300.0
LONG_GAP = 900.0


@dataclass(frozen=True, slots=True)
class Step:
    """What passing on to a moment means: whether what is under way is void, and whether the clock jumped."""

    void: bool = False
    jumped: bool = False


@dataclass(slots=True)
class Times:
    """The newest moment, and when a test message was last seen."""

    shortest: float
    newest: float = 0.0
    seen: float = 0.0
    late_ones: int = 0
    voided: bool = False

    @property
    def silence(self) -> float:
        """Seconds without any observation after which nothing can be said of what is under way."""
        return 1.3 * self.shortest + 15.0

    def step(self, at: float, *, observed: bool) -> Step:
        """Go on to a moment: that of an observation, or the clock's."""
        if at < self.newest - BACK:
            return self._back(at, observed=observed)
        jumped = observed and bool(self.seen) and at - self.newest > LONG_GAP
        void = bool(self.seen) and at - self.seen > self.silence and not self.voided
        self.newest = max(self.newest, at)
        self.late_ones = 0
        if observed:
            self.seen, self.voided = max(self.seen, at), False
        else:
            self.voided = self.voided or void
        return Step(void=void, jumped=jumped)

    def evidence_until(self, at: float) -> float:
        """Give the moment until which waiting counts: not long after the last observation."""
        return min(at, self.seen + max(15.0, 0.5 * self.shortest))

    def silent_since(self, now: float) -> float | None:
        """Tell since when nothing was seen, once that is long."""
        if not self.seen or now - self.seen < max(LONG_SILENCE, 3 * self.shortest):
            return None
        return self.seen

    def _back(self, at: float, *, observed: bool) -> Step:
        self.late_ones += 1
        if observed and self.late_ones < BELIEVED:
            return Step()
        self.newest = self.seen = at
        self.late_ones = 0
        return Step(void=True, jumped=True)
