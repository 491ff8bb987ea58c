"""The vendor's texts, each kept once by its content, however many tenants have it listed."""

from collections.abc import Iterable, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.codec import canonical, digest
from bot.store.columns import insert_into
from bot.store.tables import advisory_bodies


def version_of(issue: Mapping[str, object]) -> str:
    """Name a text by its content."""
    return digest(canonical(issue))


async def keep_bodies(issues: Iterable[Mapping[str, object]], connection: AsyncConnection) -> None:
    """Keep those that are not kept yet."""
    bodies = {digest(body): body for body in map(canonical, issues)}
    # In one order: two programs that save the same texts must not wait for each other crosswise.
    rows = [{"version": version, "body": bodies[version]} for version in sorted(bodies)]
    if rows:
        await connection.execute(insert_into(connection, advisory_bodies).on_conflict_do_nothing(), rows)
