"""Who holds what for a while: granted, renewed and judged by the database's clock, each by one statement of its own.

No statement is part of a longer transaction: whoever falls silent in the middle holds no row that another needs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.columns import DATABASE_NOW, MICROSECOND
from bot.store.errors import translated


@dataclass(frozen=True, slots=True)
class Lease:
    """Something that somebody holds now."""

    name: str
    owner: str


class Leases:
    """The table of leases; raises StoreError."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Take an engine whose every statement is a transaction."""
        self._engine = engine
        now = DATABASE_NOW[engine.dialect.name]
        self._renew = text(RENEW.format(now=now))
        self._held = text(HELD.format(now=now))
        self._take = text(TAKE.format(now=now))
        self._give = text(GIVE).bindparams(bindparam("names", expanding=True))
        self._clear = text(CLEAR.format(now=now))

    async def renew(self, owner: str, length: timedelta) -> frozenset[str]:
        """Have all that an owner holds last from now on; tells what that is, for nobody else took it."""
        with translated():
            async with self._engine.begin() as connection:
                rows = await connection.execute(self._renew, {"owner": owner, "length": length // MICROSECOND})
                return frozenset(row.name for row in rows)

    async def held(self) -> Sequence[Lease]:
        """Tell all that is held, by name."""
        with translated():
            async with self._engine.begin() as connection:
                return [Lease(row.name, row.owner) for row in await connection.execute(self._held)]

    async def take(self, owner: str, name: str, length: timedelta) -> bool:
        """Take what nobody holds; False where somebody does."""
        values = {"owner": owner, "name": name, "length": length // MICROSECOND}
        with translated():
            async with self._engine.begin() as connection:
                return (await connection.execute(self._take, values)).one_or_none() is not None

    async def give(self, owner: str, names: Collection[str]) -> None:
        """Let go of some of what an owner holds, for anybody to take at once."""
        if not names:
            return
        with translated():
            async with self._engine.begin() as connection:
                await connection.execute(self._give, {"owner": owner, "names": sorted(names)})

    async def clear(self) -> None:
        """Forget who has been gone for a day."""
        with translated():
            async with self._engine.begin() as connection:
                await connection.execute(self._clear)


# What ran out is ours as long as nobody took it: whoever takes writes their own name.
RENEW = "UPDATE leases SET until = {now} + :length WHERE owner = :owner RETURNING name"
HELD = "SELECT name, owner FROM leases WHERE until > {now} ORDER BY name"
TAKE = """
    INSERT INTO leases (name, owner, until) VALUES (:name, :owner, {now} + :length)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE leases.until <= {now}
    RETURNING name
"""
GIVE = "DELETE FROM leases WHERE owner = :owner AND name IN :names"
CLEAR = "DELETE FROM leases WHERE until < {now} - 86400000000"
