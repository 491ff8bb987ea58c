"""An ASGI application for far vantages: what it answers with 200 is saved."""

import asyncio
import math
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.pipeline import Pushed
from bot.store import Push, StoreError
from bot.types import Observation, Route
from bot.vantage.wire import PATH, Answer, Batch, WireError, read_batch, write_answer, write_refusal
from handlers.door import Receive, RefusedError, Scope, Send, answer, note
from handlers.vantage.admit import admit
from handlers.vantage.guard import SKEW_MOST, Guard, Signed, ToldError

__all__ = ["PATH", "Ports", "VantageListener"]

log = structlog.get_logger(__name__)

JSON = {"content-type": "application/json"}
SAVE_AGAIN = timedelta(seconds=15)
SKEW = timedelta(seconds=30)
"""A vantage's clock that is wrong by more is said."""


class Take(Protocol):
    """Saves what was seen and judges it; raises StoreError, and keeps nothing then."""

    async def __call__(self, tenant: str, observations: Sequence[Observation], *, pushed: Pushed) -> object:
        """Save one tenant's part of a push."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the listener needs of the bot."""

    routes: Sequence[Route]
    known: Callable[[str, str], Awaitable[Mapping[str, Push]]]
    """How far a vantage's spool has come, by tenant; raises StoreError."""
    take: Take
    suspects: Callable[[str], Sequence[str]]
    """The routes of a tenant that want a confirming test message now."""
    now: Callable[[], datetime]


class VantageListener:
    """Takes one push of a vantage at a time."""

    def __init__(self, guard: Guard, ports: Ports) -> None:
        """Take who is let in, and what becomes of it."""
        self._guard = guard
        self._ports = ports
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it: a stranger with a status alone, a vantage with what it can do."""
        if scope["type"] != "http":
            return
        try:
            signed = await self._guard.admitted(scope, receive)
            async with self._turns[signed.vantage]:
                said = await self._taken(signed)
        except RefusedError as refused:
            note(scope, refused)
            await _refuse(send, refused)
            return
        await answer(send, 200, write_answer(said), JSON)

    async def _taken(self, signed: Signed) -> Answer:
        try:
            batch = read_batch(signed.body)
        except WireError as error:
            raise ToldError(400, str(error)) from None
        if abs(batch.offset) > SKEW_MOST:
            raise ToldError(403, f"an offset of {batch.offset} between our clocks is beyond belief: set your clock")
        _say(batch, signed.vantage)
        try:
            known = await self._ports.known(signed.vantage, signed.spool)
            return await self._save(signed, batch, known)
        except StoreError as error:
            log.warning("push_not_saved", vantage=signed.vantage, why=str(error))
            raise ToldError(503, "the bot cannot save this now", wait=SAVE_AGAIN) from error

    async def _save(self, signed: Signed, batch: Batch, known: Mapping[str, Push]) -> Answer:
        """Save what is new, tenant by tenant: a push that comes again after a crash in between counts the rest."""
        newest = max((push.signed for push in known.values()), default=None)
        if newest is not None and signed.at <= newest:
            raise ToldError(409, "this push was signed before one that we have", after=newest)
        taken = {tenant: push.last for tenant, push in known.items()}
        found = admit(batch.items, signed.vantage, self._ports.routes, taken=taken, now=signed.received)
        last = batch.items[-1].number if batch.items else 0
        for tenant, seen in found.counted.items():
            if seen:
                after = taken.get(tenant, 0)
                pushed = Pushed(push=_push(signed, batch, max(last, after)), after=after)
                await self._ports.take(tenant, seen, pushed=pushed)
        if batch.items:
            counted = sum(map(len, found.counted.values()))
            log.info("push_taken", vantage=signed.vantage, counted=counted, refused=len(found.refused))
        return Answer(
            taken=last,
            received=signed.received,
            answered=self._ports.now(),
            refused=tuple(found.refused),
            confirm=self._wanted(signed.vantage, found.counted),
        )

    def _wanted(self, vantage: str, tenants: Mapping[str, object]) -> tuple[str, ...]:
        own = {route.name for route in self._ports.routes if route.vantage == vantage}
        return tuple(name for tenant in tenants for name in self._ports.suspects(tenant) if name in own)


def _push(signed: Signed, batch: Batch, last: int) -> Push:
    return Push(
        vantage=signed.vantage,
        spool=signed.spool,
        last=last,
        signed=signed.at,
        heard=signed.received,
        offset=batch.offset,
    )


def _say(batch: Batch, vantage: str) -> None:
    if batch.dropped:
        log.warning("vantage_dropped", vantage=vantage, observations=batch.dropped, why="its spool was full")
    if abs(batch.offset) > SKEW:
        seconds = round(batch.offset.total_seconds(), 3)
        log.warning("vantage_clock_differs", vantage=vantage, seconds=seconds, mend="timedatectl set-ntp true")


async def _refuse(send: Send, refused: RefusedError) -> None:
    if not isinstance(refused, ToldError):
        await answer(send, refused.status)
        return
    wait = {"retry-after": str(math.ceil(refused.wait.total_seconds()))} if refused.wait else {}
    await answer(send, refused.status, write_refusal(str(refused), after=refused.after), {**JSON, **wait})
