"""What several processes may use together of what somebody else counts, such as requests to Graph."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import DATABASE_NOW, MICROSECOND


@dataclass(frozen=True, slots=True)
class Budgets:
    """Each is a moment until which it is used up; by the database's clock."""

    connection: AsyncConnection

    async def take(self, name: str, length: timedelta) -> timedelta:
        """Use a budget up for longer, from now on where it was not used up; tells how long from now that is."""
        statement = text(TAKE.format(now=DATABASE_NOW[self.connection.dialect.name]))
        values = {"name": name, "length": length // MICROSECOND}
        left: int = (await self.connection.execute(statement, values)).scalar_one()
        return left * MICROSECOND


TAKE = """
    INSERT INTO budgets (name, paid) VALUES (:name, {now} + :length)
    ON CONFLICT (name) DO UPDATE
       SET paid = CASE WHEN budgets.paid > {now} THEN budgets.paid ELSE {now} END + :length
    RETURNING paid - {now}
"""
