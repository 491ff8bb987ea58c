"""A channel of somebody else's Slack (npm ``emulate``), behind a network that breaks, with our whole way there."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from pydantic import SecretStr

from bot.demo.served import served
from bot.outbox import Channels, Courier, SendError, plan
from bot.outbox.courier import LEASE
from bot.store import State, Store
from bot.types import Delivery, Destination, Kind, Landed, Message
from bot.words.labels import passed_on_note
from handlers.slack.api import SlackApi
from handlers.slack.send import Draws, SlackSender
from tests.handlers.examples import TestClock
from tests.handlers.slack.broken import Broken, Json
from tests.outbox.chance import CHANCE
from tests.outbox.enqueued import Enqueued

TOKEN = "test_token_admin"  # emulate's own
GROUP = "S0123"
IT = Destination(name="it", platform="slack", edits=True)
ARGS = {"tenant": "default", "destination": "it"}
SAID = (Kind.HEAD, Kind.REPLY, Kind.EDIT)
ROUNDS_MOST = 200


class DiedError(BaseException):
    """The process was killed between speaking and marking."""


@dataclass
class Channel:
    """One channel, our sender to it, the outbox, and what goes wrong between."""

    store: Store
    network: Broken
    api: SlackApi
    id: str
    slack: httpx.AsyncClient
    """The way around the broken network, to look and to delete."""
    clock: TestClock = field(default_factory=TestClock)
    dies: list[Kind] = field(default_factory=list)
    """The kinds of deliveries after whose sending the process is killed next."""
    stopped: list[str] = field(default_factory=list)

    async def tell(self, said: Message, *, rings: bool = True) -> None:
        """Save what is to be told."""
        async with self.store.begin() as tx:
            heads = await tx.deliveries.heads(said.tenant, said.incident or "")
            await tx.deliveries.save(plan(said, [IT], heads=heads, rings=rings), self.clock.now())

    async def run(self) -> None:
        """Deliver until nothing waits any more; a courier that dies is followed by another."""
        for _ in range(ROUNDS_MOST):
            try:
                await self.courier().deliver(ARGS)
            except DiedError:
                self.clock.at += LEASE
            async with self.store.read() as tx:
                due = (await tx.deliveries.next_due("default", "it")).words
            if due is None:
                return
            self.clock.at = max(self.clock.at, due)
        raise AssertionError("it never came to an end")

    async def once(self) -> None:
        """Deliver what is due now."""
        await self.courier().deliver(ARGS)

    async def posts(self) -> list[Json]:
        """Give everything in the channel, replies included, oldest first."""
        heads = (await self._ask("conversations.history", channel=self.id, limit=1000))["messages"]
        threads = {one["ts"] for one in heads} | await self._landings()
        found = [await self._ask("conversations.replies", channel=self.id, ts=ts) for ts in threads]
        every = {one["ts"]: one for answer in found for one in answer["messages"]}
        return [every[ts] for ts in sorted(every)]

    async def heads(self) -> list[Json]:
        """Give what stands in the channel by itself, but for the notes that it could not be reached for a while."""
        alone = [one for one in await self.posts() if one.get("thread_ts", one["ts"]) == one["ts"]]
        return [one for one in alone if "could not be reached" not in one["text"]]

    async def replies(self) -> list[Json]:
        """Give what stands below something."""
        return [one for one in await self.posts() if one.get("thread_ts", one["ts"]) != one["ts"]]

    async def delete(self, ts: str) -> None:
        """Delete a message, as a person may."""
        assert (await self._ask("chat.delete", channel=self.id, ts=ts))["ok"]

    async def states(self) -> list[State]:
        """Tell how everything said ended; pictures are drawn by another job, which words do not wait for."""
        async with self.store.read() as tx:
            return [one.state for one in await tx.deliveries.recent("default") if one.kind in SAID]

    async def _landings(self) -> set[str]:
        async with self.store.read() as tx:
            kept = await tx.deliveries.recent("default")
        return {one.landed.id for one in kept if one.landed}

    async def _ask(self, method: str, **arguments: object) -> Json:
        answer = await self.slack.post(f"/api/{method}", json=arguments)
        return dict(answer.json())

    def courier(self, draws: Draws | None = None) -> Courier:
        """Make a courier that knows nothing but the store, as after a restart."""
        said = SlackSender(self.api, self.id, clock=self.clock, mention=[GROUP], draws=draws)
        sender = Mortal(said, self.dies)
        return Courier(
            store=self.store,
            jobs=Enqueued(),
            channels={"default": Channels(senders={"it": sender})},
            clock=self.clock,
            chance=CHANCE,
            stopped=self._note,
            excuse=passed_on_note,
        )

    async def _note(self, delivery: Delivery, error: SendError) -> None:
        self.stopped.append(f"{delivery.kind}: {error}")


@dataclass
class Mortal:
    """A sender whose process may die right after it sent something."""

    sender: SlackSender
    dies: list[Kind]

    async def send(self, delivery: Delivery) -> Landed:
        """Send, and live on or not."""
        landed = await self.sender.send(delivery)
        if delivery.kind in self.dies:
            self.dies.remove(delivery.kind)
            raise DiedError
        return landed


@asynccontextmanager
async def channel(upstream: str, store: Store, name: str, *, limit: timedelta) -> AsyncIterator[Channel]:
    """Open a fresh channel in a running emulate; ``limit`` is how long we wait for an answer."""
    network = Broken(upstream)
    async with (
        httpx.AsyncClient(base_url=upstream, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as slack,
        served(network) as port,
    ):
        made = (await slack.post("/api/conversations.create", json={"name": name})).json()
        api = SlackApi(SecretStr(TOKEN), base_url=f"http://127.0.0.1:{port}/api/", limit=limit)
        try:
            yield Channel(store=store, network=network, api=api, id=str(made["channel"]["id"]), slack=slack)
        finally:
            await api.aclose()
            await network.aclose()


def texts(posts: Sequence[Json]) -> list[str]:
    """Give what a screen reader reads."""
    return [str(one["text"]) for one in posts]


def later(clock: TestClock, minutes: int = 1) -> datetime:
    """Let minutes pass, and tell the time."""
    clock.at += timedelta(minutes=minutes)
    return clock.at
