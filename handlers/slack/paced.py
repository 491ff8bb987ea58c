"""Slack's Web API at the pace that Slack allows."""

from collections.abc import Awaitable, Mapping
from datetime import timedelta

from bot.types import Clock, Landed
from handlers.slack.api import SlackApi
from handlers.slack.pace import POST, UPDATE
from handlers.slack.trouble import SlackError

OPEN = "conversations.open"


class PacedApi:
    """The Web API as the senders use it: it waits its turn, and keeps away from what Slack asked it to leave alone."""

    def __init__(self, api: SlackApi, clock: Clock) -> None:
        """Share the workspace's pace with whoever else writes there."""
        self._api = api
        self._pace = api.pace
        self._clock = clock

    async def post(self, channel: str, **arguments: object) -> Mapping[str, object]:
        """Post a message; raises SlackError."""
        await self._turn(self._pace.post(channel, self._clock.now()))
        return await self._noting(POST, channel, self._api.call(POST, channel=channel, **arguments))

    async def edit(self, head: Landed, *, severe: bool, **arguments: object) -> Mapping[str, object]:
        """Edit a message; raises SlackError."""
        await self._turn(self._pace.edit(head, self._clock.now(), severe=severe))
        edited = self._api.call(UPDATE, channel=head.channel, ts=head.id, **arguments)
        return await self._noting(UPDATE, head.channel, edited)

    async def ask(self, method: str, channel: str, **arguments: object) -> Mapping[str, object]:
        """Read something of a channel; raises SlackError."""
        self._pace.check(method, channel, self._clock.now())
        return await self._noting(method, channel, self._api.ask(method, channel=channel, **arguments))

    async def conversation(self, person: str) -> str:
        """Give the id of the conversation with a person, which is opened where there is none; raises SlackError."""
        self._pace.check(OPEN, person, self._clock.now())
        answer = await self._noting(OPEN, person, self._api.ask(OPEN, users=person))
        opened = answer.get("channel")
        return str(opened.get("id") or person) if isinstance(opened, dict) else person

    async def _turn(self, wait: timedelta) -> None:
        if wait:
            await self._clock.sleep(wait)

    async def _noting(self, method: str, channel: str, answer: Awaitable[Mapping[str, object]]) -> Mapping[str, object]:
        try:
            return await answer
        except SlackError as error:
            if error.retry_after:
                self._pace.hold(method, channel, self._clock.now() + error.retry_after)
            raise
