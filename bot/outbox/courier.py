"""Claim, send, mark: one job a destination, so that a stuck one never delays another."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

import structlog

from bot.jobs import Args, Jobs
from bot.outbox.backoff import pause, pause_in_doubt
from bot.outbox.calls import PICTURES, TASK, call, call_task
from bot.outbox.catching_up import (
    FRESH,
    all_of,
    as_it_is_now,
    caught_up,
    doubted,
    history,
    most_tried,
    perhaps,
    together,
    too_old,
)
from bot.outbox.channels import Channels
from bot.outbox.reach import Reach
from bot.outbox.sender import DirectLine, DoubtedError, Sender, SendError
from bot.store import Store, StoreError, Transaction
from bot.types import Clock, Delivery, Kind, Landed, Person, Subscription, Text

SEND_LIMIT = timedelta(seconds=30)
LEASE = 2 * SEND_LIMIT
"""A try may be two sends; whose process died is tried again after this long."""
AT_ONCE = 20
"""Deliveries of one run, so that it ends well within the limit of a job."""

SETTLING = timedelta(seconds=30)
"""So long after a change of the settings every program of ours has read them."""
TOGETHER = 10
"""Deliveries that one message tells of at most; more follow in the next."""
CRASHED = "mailstatus itself failed while it sent this: please report it"

log = structlog.get_logger()

Stopped: TypeAlias = Callable[[Delivery, SendError], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Delivers what waits."""

    store: Store
    jobs: Jobs
    channels: Mapping[str, Channels]
    """By tenant; those who are watched no longer are not there any more."""
    clock: Clock
    chance: Random
    stopped: Stopped
    """Is told of each message that will never arrive, and why."""
    excuse: Callable[[str, str, str], Text]
    """Says, by name of destination, its error and the language, why the fallback is told."""
    lines: Mapping[str, DirectLine] = field(default_factory=dict)
    """Lead to people who are told in person, by platform."""
    still: Callable[[Subscription], bool] = lambda _: True
    """Tells whether a person's place is still that of the company that they hear of."""

    def register(self) -> None:
        """Say what the task of a delivery does, before the jobs run."""
        self.jobs.register(TASK, self.deliver)
        self.jobs.register(PICTURES, self.draw)

    async def reopen(self, tenants: Collection[str]) -> None:
        """At the start, try at once every destination that was shut at another address than it has now."""
        async with self.store.begin() as transaction:
            for tenant, gap in await transaction.gaps.shut():
                if tenant in tenants:
                    await self._reach(tenant).reopen(tenant, gap, self.clock.now(), transaction)

    async def rouse(self) -> None:
        """Where the clock was set back, try at once all that would wait until it is as late as it was; once is enough.

        Raises StoreError.
        """
        now = self.clock.now()
        async with self.store.begin() as transaction:
            await transaction.gaps.rouse(now)
            for tenant, destination in await transaction.outbox.rouse(now):
                await call(self.jobs, tenant, destination, transaction=transaction)

    async def deliver(self, args: Args) -> None:
        """Deliver the words that are due at one destination, and come back when more is; pictures may follow."""
        await self._deliver(args, TASK, PICTURES)

    async def draw(self, args: Args) -> None:
        """Deliver the pictures that are due at one destination, and come back when more is."""
        await self._deliver(args, PICTURES)

    async def _deliver(self, args: Args, *tasks: str) -> None:
        """Claim, send and mark one after another; where nothing is to be claimed now, come back when it is."""
        go_on = True
        for left in range(AT_ONCE, -1, -1):
            async with self.store.begin() as transaction:
                claimed = await self._claim(args, tasks, transaction) if left and go_on else None
                if claimed is None:
                    await self._come_back(args, tasks, transaction)
            if claimed is None:
                break
            go_on = await self._attempt(claimed)

    async def _claim(self, args: Args, tasks: Collection[str], transaction: Transaction) -> Delivery | None:
        """Claim what is next; nothing at a destination that is shut, where all is kept that waits."""
        tenant, destination, pictures = str(args["tenant"]), str(args["destination"]), TASK not in tasks
        now = self.clock.now()
        if await self._reach(tenant).hold(tenant, destination, now, transaction):
            return None
        first = await transaction.deliveries.claim(tenant, destination, now, LEASE, pictures=pictures)
        if first is None or pictures:
            return first
        return await self._with_rest(first, now, transaction)

    async def _with_rest(self, first: Delivery, now: datetime, transaction: Transaction) -> Delivery:
        """Add what can be told at once: all that waits where nothing can be edited, else what is history by now."""
        deliveries, most = transaction.deliveries, TOGETHER - 1
        late = now - first.message.at > FRESH
        if first.destination in self._own(first.message.tenant).merging:
            whole = together(first, await deliveries.claim_rest(first, now, LEASE, most=most))
        elif late and first.message.incident and first.kind is not Kind.EDIT:
            whole = caught_up(first, await deliveries.claim_rest(first, now, LEASE, most=most, of_its_incident=True))
        else:
            return first
        return as_it_is_now(whole) if late else whole

    async def _come_back(self, args: Args, tasks: Collection[str], transaction: Transaction) -> None:
        """Have what waits looked at once it is due."""
        waits = await transaction.deliveries.next_due(str(args["tenant"]), str(args["destination"]))
        for task in tasks:
            due = waits.pictures if task == PICTURES else waits.words
            if due is not None:
                await call_task(self.jobs, task, args, due=due, transaction=transaction)

    async def _attempt(self, delivery: Delivery) -> bool:
        """Send one delivery and mark what came of it; False where the destination is better left alone for now."""
        if too_old(delivery, self.clock.now()):
            return all([await self._given_up(one) for one in all_of(delivery)])
        try:
            landed = await self._speak(delivery)
        except SendError as error:
            due = self.clock.now() + pause(most_tried(delivery), chance=self.chance, asked=error.retry_after)
            return all([await self._failed(one, error, due) for one in all_of(delivery)])
        await self._sent(delivery, landed)
        return True

    async def _sent(self, delivery: Delivery, landed: Landed | None) -> None:
        async with self.store.begin() as transaction:
            for one in all_of(delivery):
                await transaction.deliveries.mark_sent(one, landed, self.clock.now())
            if delivery.destination not in self._own(delivery.message.tenant).merging:
                await transaction.deliveries.save(history(delivery, self.clock.now()), self.clock.now())
            await self._reach(delivery.message.tenant).regained(delivery, self.clock.now(), transaction)
        event = "delivered" if landed else "accepted"
        log.info(event, to=delivery.destination, kind=str(delivery.kind), attempts=delivery.attempts)

    async def _speak(self, delivery: Delivery) -> Landed | None:
        """Send it; where nobody can look whether it arrived twice, tell who stands in, and send a line instead."""
        sender = await self._sender(delivery)
        try:
            return await self._send(sender, delivery)
        except DoubtedError as error:
            if delivery.kind is Kind.PICTURE:
                raise
            await self._pass_on(doubted(delivery), str(error))
        try:
            return await self._send(sender, perhaps(delivery))
        except SendError as error:
            wait = pause_in_doubt(max(one.doubts for one in doubted(delivery)))
            error.retry_after = max(error.retry_after or wait, wait) if error.unknown else error.retry_after
            raise

    async def _pass_on(self, in_doubt: Sequence[Delivery], why: str) -> None:
        async with self.store.begin() as transaction:
            for one in in_doubt:
                await self._reach(one.message.tenant).pass_on(one, why, self.clock.now(), transaction)

    async def _send(self, sender: Sender, delivery: Delivery) -> Landed | None:
        try:
            async with asyncio.timeout(SEND_LIMIT.total_seconds()):
                return await sender.send(delivery)
        except TimeoutError:
            raise SendError(f"no answer within {SEND_LIMIT.total_seconds():.0f} s", unknown=True) from None
        except (SendError, StoreError):
            raise
        except Exception as crash:  # whatever it is, others are told, and the destination is seen to be in trouble
            log.exception("sender_crashed", to=delivery.destination)
            raise SendError(f"{CRASHED} ({type(crash).__name__})", unknown=True) from crash

    async def _sender(self, delivery: Delivery) -> Sender:
        """Find the sender to a channel of the settings, or to a person."""
        if sender := self._own(delivery.message.tenant).senders.get(delivery.destination):
            return sender
        person = Person.of(delivery.destination)
        if person is None or person.platform not in self.lines or delivery.message.tenant not in self.channels:
            # Another program of ours may have read newer settings than we have.
            settled = self.clock.now() - delivery.message.at > SETTLING
            raise SendError("this destination is not in the settings", permanent=settled, retry_after=SETTLING)
        async with self.store.read() as transaction:
            subscription = await transaction.subscriptions.get(person)
        if subscription is None or subscription.tenant != delivery.message.tenant:
            raise SendError("this person is no longer subscribed", permanent=True)
        if not self.still(subscription):
            raise SendError("this person's place is no longer the company's", permanent=True, gone=True)
        return self.lines[person.platform](subscription)

    async def _failed(self, delivery: Delivery, error: SendError, due: datetime) -> bool:
        """Mark one delivery, due again with those it was sent with; True where nothing is left to try."""
        now = self.clock.now()
        shut = error.shut and Person.of(delivery.destination) is None and delivery.kind is not Kind.PICTURE
        hopeless = (error.permanent and not shut) or too_old(delivery, now)
        note = log.info if delivery.kind is Kind.PICTURE else log.warning
        note(
            "delivery_stopped" if hopeless else "delivery_failed",
            to=delivery.destination,
            attempts=delivery.attempts,
            why=str(error),
        )
        async with self.store.begin() as transaction:
            marked = await self._mark(delivery, error, None if hopeless else due, transaction)
            if not marked:
                return True
            if error.permanent and not shut:
                await self._reach(delivery.message.tenant).pass_on(delivery, str(error), now, transaction)
            else:
                await self._reach(delivery.message.tenant).lost(delivery, error, due, now, transaction)
        if hopeless and delivery.kind is not Kind.PICTURE:
            await self.stopped(delivery, error)
        return hopeless

    async def _given_up(self, delivery: Delivery) -> bool:
        """Give up what helps nobody any more, and have that noted; always True."""
        error = SendError("it waited for so long that it helps nobody any more", permanent=True)
        async with self.store.begin() as transaction:
            await self._mark(delivery, error, None, transaction)
        if delivery.kind is not Kind.PICTURE:
            await self.stopped(delivery, error)
        return True

    async def _mark(self, delivery: Delivery, error: SendError, due: datetime | None, transaction: Transaction) -> bool:
        """Save what came of a try, due again or given up; False if the claim is not the newest."""
        deliveries = transaction.deliveries
        if due is None:
            return await deliveries.give_up(delivery, str(error), self.clock.now())
        mark = deliveries.mark_unknown if error.unknown else deliveries.mark_failed
        return await mark(delivery, str(error), due)

    def _own(self, tenant: str) -> Channels:
        return self.channels.get(tenant) or Channels()

    def _reach(self, tenant: str) -> Reach:
        return Reach(jobs=self.jobs, excuse=self.excuse, channels=self._own(tenant))
