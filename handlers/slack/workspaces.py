"""Slack's Web API of several workspaces, each with the token that its installation brought."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeAlias

from pydantic import SecretStr

from bot.store import StoreError
from handlers.slack.api import LIMIT, SlackApi
from handlers.slack.trouble import SlackError
from handlers.slack.wire import Wire

FindToken: TypeAlias = Callable[[str], Awaitable[str | None]]
"""Gives the bot's token of a workspace by its id; None where the app is not installed. May raise StoreError."""


class Workspaces(SlackApi):
    """Leads to each workspace by its id; by itself it bears no token."""

    def __init__(self, find: FindToken, *, base_url: str, limit: timedelta = LIMIT) -> None:
        """Keep where tokens are found."""
        super().__init__(SecretStr(""), base_url=base_url, limit=limit)
        self._find = find
        self._teams: dict[str, WorkspaceApi] = {}

    def of(self, team: str) -> SlackApi:
        """Give the Web API of one workspace, with edits and connections of its own."""
        if team not in self._teams:
            self._teams[team] = WorkspaceApi(team, self._find, base_url=self.base_url, limit=self._limit)
        return self._teams[team]

    async def aclose(self) -> None:
        """Close all connections."""
        for one in self._teams.values():
            await one.aclose()
        await super().aclose()


class WorkspaceApi(SlackApi):
    """One workspace; its token is found anew for each call, for an installation can change while we run."""

    def __init__(self, team: str, find: FindToken, *, base_url: str, limit: timedelta) -> None:
        """Keep the workspace's id."""
        super().__init__(SecretStr(""), base_url=base_url, limit=limit)
        self._team = team
        self._find = find

    async def connected(self) -> Wire:
        """Connect with the token of now; raise SlackError where there is none."""
        try:
            token = await self._find(self._team)
        except StoreError as error:
            raise SlackError(f"the token of workspace {self._team} cannot be read: {error}") from error
        if not token:
            said = f"the app is not installed in workspace {self._team}: open /slack/install on the bot's own address"
            raise SlackError(said, code="not_installed", permanent=True)
        if token != self._token.get_secret_value():
            await self.aclose()
            self._token, self._wire = SecretStr(token), None
        return self.wire()
