"""The store: opened once, then one transaction after the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.engine import PATIENCE, READS_ONLY, file_of, open_engine, open_leasing
from bot.store.errors import StoreError, translated
from bot.store.leases import Leases
from bot.store.schema import bring_up_to_date
from bot.store.transaction import Transaction


class Store:
    """SQLite or PostgreSQL behind transactions; raises StoreError and nothing else of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Take an engine whose tables are up to date: use ``open``."""
        self._engine = engine
        self._reader = engine.execution_options(**{READS_ONLY: True})
        self._one_writer = asyncio.Lock() if engine.dialect.name == "sqlite" else None
        self._file = file_of(engine.url)
        self._leasing = open_leasing(engine)
        self.leases = Leases(self._leasing)

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect to a SQLAlchemy URL (``sqlite:///…`` or ``postgresql://…``) and bring its tables up to date."""
        engine = open_engine(url)
        try:
            with translated():
                await bring_up_to_date(engine)
        except BaseException:  # a cancelled start too leaves no connection behind
            await engine.dispose()
            raise
        return cls(engine)

    @property
    def address(self) -> str | None:
        """Give what a PostgreSQL driver connects by, password included; None for SQLite."""
        url = self._engine.url
        if url.get_backend_name() != "postgresql":
            return None
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        """Give the writing and the reading engine to a library that keeps tables of its own beside ours."""
        return self._engine, self._reader

    async def is_lost(self) -> bool:
        """Tell whether SQLite's file was deleted or replaced since it was opened; raises StoreError.

        Reading and writing go on then, in a file that nobody finds any more once we end.
        """
        return await asyncio.to_thread(file_of, self._engine.url) != self._file

    async def close(self) -> None:
        """Close every connection."""
        with translated():
            await self._leasing.dispose()
            await self._engine.dispose()

    async def __aenter__(self) -> Self:
        """Use the store for a while."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.close()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """Begin a transaction that may write: committed at the end of the block, rolled back if that raises.

        On SQLite there is one at a time, so keep it short and never wait for the network in it.
        """
        async with self._writing():
            with translated():
                async with self._engine.begin() as connection:
                    transaction = Transaction(connection)
                    yield transaction
        transaction.committed()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Begin a transaction that only reads: it sees one moment and waits for no writer."""
        with translated():
            async with self._reader.begin() as connection:
                yield Transaction(connection)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        if self._one_writer is None:
            yield
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._one_writer.acquire()
        except TimeoutError as error:
            raise StoreError(f"store: another transaction has been writing for {PATIENCE:.0f} s") from error
        try:
            yield
        finally:
            self._one_writer.release()
