"""What a bot's store holds, read from outside while the bot lives and dies."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeAlias

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from bot.store import State, Store, StoreError
from bot.store.engine import open_engine
from bot.store.schema import MIGRATIONS
from bot.types import DEFAULT_TENANT, Change, Incident

EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
Portrait: TypeAlias = tuple[Any, ...]


class Ledger:
    """Reads only, and finds nothing where the store cannot be read now."""

    def __init__(self, store: Store) -> None:
        """Take a store whose tables may not be there yet."""
        self._store = store
        self._rang: list[Change] = []
        self._looked = asyncio.Event()

    async def look(self) -> None:
        """Read what rang, and wake whoever waits for it."""
        try:
            async with self._store.read() as tx:
                self._rang = await tx.incidents.changes(DEFAULT_TENANT, *EVER, ringing=True)
        except StoreError:
            return
        self._looked.set()
        self._looked = asyncio.Event()

    async def until(self, wanted: Callable[[Change], bool]) -> None:
        """Wait until a change has rung."""
        while not any(map(wanted, self._rang)):
            await self._looked.wait()

    async def is_all_told(self) -> bool:
        """Tell whether nothing waits to be told, or shown."""
        try:
            async with self._store.read() as tx:
                kept = await tx.deliveries.recent(DEFAULT_TENANT, limit=1000)
                return not any(one.state in {State.WAITING, State.CLAIMED} for one in kept)
        except StoreError:
            return False

    async def portraits(self) -> list[Portrait]:
        """Describe every incident without ids and times, which differ from run to run."""
        async with self._store.read() as tx:
            kept = await tx.incidents.since(DEFAULT_TENANT, EVER[0])
            histories = {
                one.id: await tx.incidents.changes(DEFAULT_TENANT, *EVER, incident=one.id, ringing=True) for one in kept
            }
        return sorted(_portrait(one, histories[one.id]) for one in kept)


@asynccontextmanager
async def ledger(url: str) -> AsyncIterator[Ledger]:
    """Look into the store at a URL, and migrate nothing."""
    async with Store(open_engine(url)) as store:
        yield Ledger(store)


def _portrait(incident: Incident, rang: list[Change]) -> Portrait:
    return (
        tuple(sorted((claim.reading.id, str(claim.reading.state)) for claim in incident.claims)),
        tuple(
            sorted(
                (str(one.symptom), str(one.direction), one.routes, one.ended is not None) for one in incident.findings
            )
        ),
        (str(incident.severity), str(incident.peak), incident.resolved is not None, incident.reopened),
        tuple(sorted(incident.told)),
        tuple(str(change.reason) for change in rang),
    )


async def make_old(url: str) -> None:
    """Make the tables of the first version."""
    engine = open_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
