"""A Workflows webhook as a place to send to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.egress import EgressError, Reach
from bot.microsoft import GraphError, TokenSource
from bot.outbox import SendError, check_doubts
from bot.types import Chart, Clock, Delivery
from bot.words.gaps import late_note
from handlers.teams import render
from handlers.teams.address import fault
from handlers.teams.lane import Lane
from handlers.teams.mention import checked
from handlers.teams.webhook import CONNECT_LIMIT, post

LIMIT = timedelta(seconds=10)
HTTPS = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A Workflows webhook: its secret address, its pace, and a token where it lets in nobody without one."""

    url: SecretStr
    lane: Lane
    token: TokenSource | None = None
    reach: Reach | None = None
    """What connects to an address that a tenant named; None where any will do."""

    def __post_init__(self) -> None:
        """Refuse an address that cannot work, with ValueError."""
        if why := fault(self.url.get_secret_value()):
            raise ValueError(why)


Plots: TypeAlias = Callable[[Delivery], Awaitable[Chart | None]]
"""Gives the chart of a delivery; None where there is nothing to see, or it cannot be read."""


async def no_chart(_: Delivery) -> None:
    """Give none."""


class TeamsSender:
    """One webhook; nobody can know where its messages land, and none can be edited."""

    def __init__(
        self, flow: Flow, *, clock: Clock, mention: str = "", plots: Plots = no_chart, limit: timedelta = LIMIT
    ) -> None:
        """Take whom to call when it is severe, by UPN or Entra id; refuse another form with ValueError."""
        self._plots = plots
        self._flow = flow
        self._clock = clock
        self._mention = checked(mention)
        self._limit = limit

    async def send(self, delivery: Delivery) -> None:
        """Post a card, also where an earlier try may have landed: there is nothing to look in. Raises SendError."""
        check_doubts(delivery)
        chart = await self._plots(delivery)
        note = late_note(delivery, self._clock.now())
        card = render.card(delivery, note=note, mention=self._mention, chart=chart)
        token = await self._token()
        await self._flow.lane.turn()
        try:
            await self._post(render.envelope(card), token)
        except SendError as error:
            self._flow.lane.rest(error.retry_after or timedelta())
            raise

    async def _post(self, body: render.Card, token: SecretStr | None) -> None:
        try:
            async with asyncio.timeout((self._limit + CONNECT_LIMIT).total_seconds()):
                line = await self._line()
                await asyncio.to_thread(post, self._flow.url, body, limit=self._limit, token=token, line=line)
        except TimeoutError:
            raise SendError("Teams did not answer in time", unknown=True) from None

    async def _line(self) -> socket.socket | None:
        """Connect where a tenant says; None where whoever posts may connect by itself."""
        if self._flow.reach is None:
            return None
        parts = urlsplit(self._flow.url.get_secret_value().strip())
        try:
            return await self._flow.reach(parts.hostname or "", parts.port or HTTPS)
        except EgressError as error:
            raise SendError(f"the address of the webhook may not be called: {error}") from None
        except OSError as error:
            raise SendError(f"Teams could not be reached ({type(error).__name__})") from None

    async def _token(self) -> SecretStr | None:
        if self._flow.token is None:
            return None
        try:
            return await self._flow.token()
        except GraphError as error:
            raise SendError(str(error), shut=error.permanent, retry_after=error.retry_after) from None
