"""Whose news somebody here waits for: of whom we watch ourselves, and of who was asked about; pure."""

import math
from heapq import nlargest

ASKED_FOR = 600.0
"""Seconds: whoever was asked about is of interest for so long."""
ASKED_AT_MOST = 100
"""Of them, those that were asked about last: each is read anew with every message."""


class Interest:
    """When somebody asked last, by tenant; moments are seconds of the event loop."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._asked: dict[str, float] = {}

    def watch(self, tenant: str) -> None:
        """Note that it is we who watch a tenant: it is of interest until it is forgotten."""
        self._asked[tenant] = math.inf

    def ask(self, tenant: str, now: float) -> None:
        """Note that somebody asks."""
        self._asked[tenant] = max(self._asked.get(tenant, 0.0), now)

    def forget(self, tenant: str) -> None:
        """Note that a tenant is ours no longer."""
        self._asked.pop(tenant, None)

    def of(self, tenant: str) -> float:
        """Tell how much interest there is in a tenant: the newer, the more."""
        return self._asked.get(tenant, 0.0)

    def lately(self, now: float) -> frozenset[str]:
        """Name whom others watch that somebody here asked about last."""
        asked = {name: at for name, at in self._asked.items() if now - ASKED_FOR < at < math.inf}
        return frozenset(nlargest(ASKED_AT_MOST, asked, key=self.of))
