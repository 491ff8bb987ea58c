"""Claim, send, mark: one job a destination, so that a stuck one never delays another."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

import structlog

from bot.jobs import Args, Jobs
from bot.outbox.backoff import pause
from bot.outbox.plan import all_of, most_tried, passed_on, path_of, stand_in, together
from bot.outbox.sender import DirectLine, Sender, SendError
from bot.store import Store, Transaction
from bot.types import Clock, Delivery, Kind, Landed, Person, Text

TASK = "deliver"
PICTURES = "pictures"
"""The task of what is sent beside the words; it has a line of its own, so that no words wait for it."""
SEND_LIMIT = timedelta(seconds=30)
LEASE = timedelta(seconds=90)
GIVE_UP = timedelta(hours=12)
"""A message this old helps nobody: what came after it does."""
PASS_ON_AFTER = 5
"""Attempts, half a minute of them, after which the fallback hears of it too."""
AT_ONCE = 20
"""Deliveries of one run, so that it ends well within the limit of a job."""

TOGETHER = 10
"""Deliveries that one message tells of at most; more follow in the next."""

log = structlog.get_logger()

Stopped: TypeAlias = Callable[[Delivery, SendError], Awaitable[None]]


async def call(
    jobs: Jobs, tenant: str, destination: str, *, due: datetime | None = None, transaction: Transaction | None = None
) -> None:
    """Have what waits for a destination delivered: enqueue it in the transaction that saves the drafts."""
    await _call(jobs, TASK, {"tenant": tenant, "destination": destination}, due=due, transaction=transaction)


async def _call(jobs: Jobs, task: str, args: Args, *, due: datetime | None, transaction: Transaction | None) -> None:
    key = f"{task}:{args['tenant']}:{args['destination']}"
    await jobs.enqueue(task, args, key=key, dedupe=key, run_at=due, transaction=transaction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Delivers what waits; ``senders`` and ``fallbacks`` are by name of destination."""

    store: Store
    jobs: Jobs
    senders: Mapping[str, Sender]
    clock: Clock
    chance: Random
    stopped: Stopped
    """Is told of each message that will never arrive, and why."""
    excuse: Callable[[str, str, str], Text]
    """Says, by name of destination, its error and the language, why the fallback is told."""
    fallbacks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    merging: Collection[str] = frozenset()
    """Destinations where nothing can be edited: what waits there is told in one message."""
    lines: Mapping[str, DirectLine] = field(default_factory=dict)
    """Lead to people who are told in person, by platform."""

    def register(self) -> None:
        """Say what the task of a delivery does, before the jobs run."""
        self.jobs.register(TASK, self.deliver)
        self.jobs.register(PICTURES, self.draw)

    async def deliver(self, args: Args) -> None:
        """Deliver the words that are due at one destination, and come back when more is; pictures may follow."""
        await self._deliver(args, pictures=False)
        await self._come_back(args, pictures=False)
        await self._come_back(args, pictures=True)

    async def draw(self, args: Args) -> None:
        """Deliver the pictures that are due at one destination, and come back when more is."""
        await self._deliver(args, pictures=True)
        await self._come_back(args, pictures=True)

    async def _deliver(self, args: Args, *, pictures: bool) -> None:
        for _ in range(AT_ONCE):
            delivery = await self._claim(args, pictures=pictures)
            if delivery is None or not await self._attempt(delivery):
                break

    async def _claim(self, args: Args, *, pictures: bool) -> Delivery | None:
        tenant, destination = str(args["tenant"]), str(args["destination"])
        async with self.store.begin() as transaction:
            now = self.clock.now()
            first = await transaction.deliveries.claim(tenant, destination, now, LEASE, pictures=pictures)
            if first is None or pictures or destination not in self.merging:
                return first
            return together(first, await transaction.deliveries.claim_rest(first, now, LEASE, most=TOGETHER - 1))

    async def _come_back(self, args: Args, *, pictures: bool) -> None:
        tenant, destination = str(args["tenant"]), str(args["destination"])
        async with self.store.begin() as transaction:
            due = await transaction.deliveries.next_due(tenant, destination, pictures=pictures)
            if due is not None:
                task = PICTURES if pictures else TASK
                await _call(self.jobs, task, args, due=due, transaction=transaction)

    async def _attempt(self, delivery: Delivery) -> bool:
        """Send one delivery and mark what came of it; False where the destination is better left alone for now."""
        try:
            landed = await self._send(delivery)
        except SendError as error:
            due = self.clock.now() + pause(most_tried(delivery), chance=self.chance, asked=error.retry_after)
            return all([await self._failed(one, error, due) for one in all_of(delivery)])
        for one in all_of(delivery):
            await self._sent(one, landed)
        return True

    async def _sent(self, delivery: Delivery, landed: Landed | None) -> None:
        async with self.store.begin() as transaction:
            marked = await transaction.deliveries.mark_sent(delivery, landed, self.clock.now())
            if marked and landed and landed != delivery.head:
                await self._land(delivery, landed, transaction)
        event = "delivered" if landed else "accepted"
        log.info(event, to=delivery.destination, kind=str(delivery.kind), attempts=delivery.attempts)

    async def _send(self, delivery: Delivery) -> Landed | None:
        sender = await self._sender(delivery.destination)
        try:
            async with asyncio.timeout(SEND_LIMIT.total_seconds()):
                return await sender.send(delivery)
        except TimeoutError:
            raise SendError(f"no answer within {SEND_LIMIT.total_seconds():.0f} s", unknown=True) from None

    async def _sender(self, destination: str) -> Sender:
        """Find the sender to a channel of the settings, or to a person."""
        if sender := self.senders.get(destination):
            return sender
        person = Person.of(destination)
        if person is None or person.platform not in self.lines:
            raise SendError("this destination is no longer in the settings", permanent=True)
        async with self.store.read() as transaction:
            subscription = await transaction.subscriptions.get(person)
        if subscription is None:
            raise SendError("this person is no longer subscribed", permanent=True)
        return self.lines[person.platform](subscription)

    async def _land(self, delivery: Delivery, landed: Landed, transaction: Transaction) -> None:
        message = delivery.message
        at = self.clock.now()
        await transaction.deliveries.land(message.tenant, delivery.destination, message.incident or "", landed, at=at)

    async def _failed(self, delivery: Delivery, error: SendError, due: datetime) -> bool:
        """Mark one delivery, due again with those it was sent with; True where nothing is left to try."""
        now = self.clock.now()
        hopeless = error.permanent or now - delivery.message.at > GIVE_UP
        note = log.info if delivery.kind is Kind.PICTURE else log.warning
        note(
            "delivery_stopped" if hopeless else "delivery_failed",
            to=delivery.destination,
            attempts=delivery.attempts,
            why=str(error),
        )
        async with self.store.begin() as transaction:
            deliveries = transaction.deliveries
            if hopeless:
                marked = await deliveries.give_up(delivery, str(error), now)
            else:
                mark = deliveries.mark_unknown if error.unknown else deliveries.mark_failed
                marked = await mark(delivery, str(error), due)
            if not marked:
                return True
            if hopeless or delivery.attempts == PASS_ON_AFTER:
                await self._pass_on(delivery, error, now, transaction)
        if hopeless and delivery.kind is not Kind.PICTURE:
            await self.stopped(delivery, error)
        return hopeless

    async def _pass_on(self, delivery: Delivery, error: SendError, now: datetime, transaction: Transaction) -> None:
        """Tell the fallback, and say why it is told."""
        fallback = stand_in(path_of(delivery), self.fallbacks)
        if fallback is None or delivery.kind in {Kind.EDIT, Kind.PICTURE}:
            return
        if await transaction.deliveries.tells(fallback, delivery.message):
            return
        excuse = self.excuse(delivery.destination, str(error), delivery.message.language)
        await transaction.deliveries.save([passed_on(delivery, fallback, excuse, now=now)], now)
        await call(self.jobs, delivery.message.tenant, fallback, transaction=transaction)
