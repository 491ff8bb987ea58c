"""What every watcher is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.types import Observation


class Watcher(Protocol):
    """Something that looks once, within a limit of its own; what it cannot see is an observation, not an exception."""

    @property
    def name(self) -> str:
        """The name in settings, logs and pages."""

    @property
    def readable(self) -> bool:
        """Whether the last look succeeded."""

    async def look(self, now: datetime) -> Sequence[Observation]:
        """Look once and tell what is new."""
