"""Whether a source can be seen: told when that changes, and only then."""

from collections.abc import Collection
from datetime import datetime

from bot.types import DEFAULT_TENANT, Observation, SourceBack, SourceBlind


class Sight:
    """Remembers whether one source is blind."""

    def __init__(
        self,
        source: str,
        *,
        tenant: str = DEFAULT_TENANT,
        routes: Collection[str] = (),
        leaving: Collection[str] = (),
    ) -> None:
        """Begin with open eyes; arrivals on ``routes`` are seen here alone, and what is ``leaving`` begins here."""
        self.source = source
        self.blind = False
        self._read: datetime | None = None
        self._tenant = tenant
        self._routes, self._leaving = tuple(sorted(routes)), tuple(sorted(leaving))

    def remember(self, blind: Collection[str]) -> None:
        """Take in which sources could not be seen before a restart, so that seeing again is told."""
        self.blind = self.source in blind

    def lost(self, now: datetime, error: str) -> list[Observation]:
        """Tell that the source cannot be read, the first time."""
        if self.blind:
            return []
        self.blind = True
        return [
            SourceBlind(
                at=now,
                tenant=self._tenant,
                source=self.source,
                error=error,
                routes=self._routes,
                leaving=self._leaving,
            )
        ]

    def unread(self, now: datetime, what: str) -> list[Observation]:
        """Tell that the source is long due, and ``what`` we know of it old, as there is more to do than gets done."""
        # Who watched before may have read it a moment ago, or nobody ever did: only our own time is known.
        last = f"last read at {self._read:%Y-%m-%d %H:%M} UTC" if self._read else "not read since we began to watch it"
        return self.lost(now, f"{what} was {last}: there is more to read than we get done")

    def found(self, now: datetime) -> list[Observation]:
        """Tell that the source can be read again, the first time."""
        self._read = now
        if not self.blind:
            return []
        self.blind = False
        return [SourceBack(at=now, tenant=self._tenant, source=self.source, routes=self._routes, leaving=self._leaving)]
