"""Where the Teams bot may speak."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row as ResultRow
from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import insert_into
from bot.store.tables import conversations


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A channel or a personal chat that the bot was added to."""

    id: str
    service_url: str
    """Where Teams wants to be spoken to about it; is checked before it is kept, and before it is used."""
    azure_tenant: str
    team: str = ""
    """Of a channel: the id of its team, whose removal takes all its channels along."""
    person: str = ""
    """Of a personal chat: the Entra id of the person."""


@dataclass(frozen=True, slots=True)
class Conversations:
    """Conversations by their id."""

    connection: AsyncConnection

    async def learn(self, conversation: Conversation, at: datetime) -> None:
        """Keep how to reach a conversation, in place of what was known before."""
        row = {
            "id": conversation.id,
            "service_url": conversation.service_url,
            "azure_tenant": conversation.azure_tenant,
            "team": conversation.team,
            "person": conversation.person,
            "at": at,
        }
        statement = insert_into(self.connection, conversations).values(row)
        news = {name: statement.excluded[name] for name in row if name != "id"}
        await self.connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=news))

    async def forget(self, id_: str) -> None:
        """Forget a conversation, or a whole team by its id."""
        c = conversations.c
        await self.connection.execute(delete(conversations).where(or_(c.id == id_, c.team == id_)))

    async def all(self) -> list[Conversation]:
        """Read every conversation."""
        rows = await self.connection.execute(select(conversations).order_by(conversations.c.id))
        return [_conversation(row) for row in rows]


def _conversation(row: ResultRow[Any]) -> Conversation:
    return Conversation(
        id=row.id, service_url=row.service_url, azure_tenant=row.azure_tenant, team=row.team, person=row.person
    )
