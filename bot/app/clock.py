"""The machine's own clock: with the demo's, the only ones there are."""

import asyncio
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        """Tell the present moment."""
        return datetime.now(UTC)  # noqa: TID251 - the entry point's clock, handed to everybody else

    async def sleep(self, length: timedelta) -> None:
        """Wait in real time."""
        await asyncio.sleep(length.total_seconds())
