"""Where the Slack app is installed: slack_sdk's own tables, on our database.

They are made when they are first needed and belong to slack_sdk, not to our migrations: their shape is its affair.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from logging import Logger, getLogger

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore

from bot.store.errors import translated
from bot.store.store import Store
from bot.types import Clock

KEEP = timedelta(minutes=1)
"""Another machine may have taken an installation or lost it: this long a token is believed."""
STATE_SECONDS = 600


class SlackInstallations(AsyncInstallationStore):
    """Tokens of the workspaces that the settings name, from memory for a minute; those of any other are not given."""

    def __init__(
        self, store: Store, client_id: str, *, workspaces: Callable[[], Collection[str]], clock: Clock
    ) -> None:
        """Keep the two ways to the database: reading waits for nobody who writes."""
        self.workspaces = workspaces
        writing, reading = store.engines
        self._engine = writing
        self.states = AsyncSQLAlchemyOAuthStateStore(STATE_SECONDS, writing)
        self._writer = AsyncSQLAlchemyInstallationStore(client_id, writing)
        self._reader = AsyncSQLAlchemyInstallationStore(client_id, reading)
        self._clock = clock
        self._bots: dict[str, tuple[Bot | None, datetime]] = {}

    @property
    def logger(self) -> Logger:
        """Give what slack_sdk logs by."""
        return getLogger("slack_sdk.oauth")

    async def open(self) -> None:
        """Make slack_sdk's tables where they are not there; raises StoreError."""
        with translated():
            async with self._engine.begin() as connection:
                for metadata in (self._writer.metadata, self.states.metadata):
                    await connection.run_sync(metadata.create_all)

    async def async_save(self, installation: Installation) -> None:
        """Keep what an installation brought; raises StoreError."""
        self._bots.pop(installation.team_id or "", None)
        with translated():
            await self._writer.async_save(installation)

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """Give the bot of a workspace; raises StoreError."""
        # slack_bolt hands on whatever stands in a body, be it a list.
        team, now = team_id if isinstance(team_id, str) else "", self._clock.now()
        enterprise = enterprise_id if isinstance(enterprise_id, str) else None
        if team not in self.workspaces():
            return None
        found, until = self._bots.get(team, (None, now))
        if now < until:
            return found
        with translated():
            found = await self._reader.async_find_bot(
                enterprise_id=enterprise, team_id=team, is_enterprise_install=is_enterprise_install
            )
        self._bots[team] = found, now + KEEP
        return found

    async def token(self, team: str) -> str | None:
        """Give the bot's token of a workspace; None where it is not installed there. Raises StoreError."""
        bot = await self.async_find_bot(enterprise_id=None, team_id=team)
        return bot.bot_token if bot else None

    async def forget(self, team: str) -> None:
        """Delete all tokens of a workspace that removed the app; raises StoreError."""
        self._bots.pop(team, None)
        with translated():
            await self._writer.async_delete_all(enterprise_id=None, team_id=team)
