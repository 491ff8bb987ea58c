"""A Workflows webhook as a place to send to."""

import asyncio
from datetime import timedelta

from pydantic import SecretStr

from bot.outbox import SendError
from bot.types import Clock, Delivery, Text
from bot.words.labels import late_note
from handlers.teams import render
from handlers.teams.address import fault
from handlers.teams.webhook import CONNECT_LIMIT, post

LIMIT = timedelta(seconds=10)
SPACING = timedelta(seconds=1)
LATE = timedelta(minutes=2)


class TeamsSender:
    """One webhook; nobody can know where its messages land, and none can be edited."""

    def __init__(self, url: SecretStr, *, clock: Clock, mention: str = "", limit: timedelta = LIMIT) -> None:
        """Refuse an address that cannot work, with ValueError."""
        if why := fault(url.get_secret_value()):
            raise ValueError(why)
        self._url = url
        self._clock = clock
        self._mention = mention
        self._limit = limit
        self._free = clock.now()

    async def send(self, delivery: Delivery) -> None:
        """Post a card; where an earlier try may have landed Teams has nothing to look in. Raises SendError."""
        card = render.card(delivery.message, delivery.kind, note=self._lateness(delivery), mention=self._mention)
        await self._space()
        try:
            async with asyncio.timeout((self._limit + CONNECT_LIMIT).total_seconds()):
                await asyncio.to_thread(post, self._url, render.envelope(card), limit=self._limit)
        except TimeoutError:
            raise SendError("Teams did not answer in time", unknown=True) from None

    async def _space(self) -> None:
        """Keep the flow's pace: more than a few requests a second are throttled."""
        wait = self._free - self._clock.now()
        if wait > timedelta():
            await self._clock.sleep(wait)
        self._free = self._clock.now() + SPACING

    def _lateness(self, delivery: Delivery) -> Text:
        late = self._clock.now() - delivery.message.at
        return late_note(late, delivery.message.language) if delivery.attempts > 1 and late > LATE else ()
