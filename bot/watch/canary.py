"""Sends test messages: one a call, each with a limit of its own, none ever twice."""

import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from bot.mail import (
    DEAD,
    Accepted,
    FateUnknown,
    Mailbox,
    NoAnswer,
    Outcome,
    OwnTrouble,
    Probe,
    Refusal,
    Seal,
    Sender,
    compose,
)
from bot.types import Clock, Observation, Refused, Route, Sent, Unreachable
from bot.watch.pace import Pace
from bot.watch.sight import Sight

log = structlog.get_logger(__name__)

PER_MINUTE = 30
PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A route with its two ends."""

    route: Route
    sender: Mailbox
    receiver: Mailbox


async def _always(_host: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a canary needs of the world."""

    seal: Seal
    clock: Clock
    chance: random.Random
    readable: Callable[[str], bool] = lambda _: True
    """Whether a mailbox can be looked into now."""
    resolves: Callable[[str], Awaitable[bool]] = _always
    """Whether this machine's own resolver answers, as far as a host needs it."""


class Canary:
    """Sends the test messages of all routes; calls for different routes may run at the same time."""

    def __init__(
        self, lines: Sequence[Line], senders: Mapping[str, Sender], tools: Tools, *, per_minute: int = PER_MINUTE
    ) -> None:
        """Take the routes with their ends, a sender for each sending mailbox by its name, and the tools."""
        self._lines = {line.route.name: line for line in lines}
        self._senders = senders
        self._tools = tools
        self._paces = {line.sender.name: Pace(per_minute) for line in lines}
        self._sights = {
            line.sender.name: Sight(
                f"sender:{line.sender.name}",
                tenant=line.route.tenant,
                leaving=[other.route.name for other in lines if other.sender.name == line.sender.name],
            )
            for line in lines
        }

    def remember(self, blind: Collection[str]) -> None:
        """Take in which sources could not be seen before a restart."""
        for sight in self._sights.values():
            sight.remember(blind)

    async def send(self, route: str, now: datetime) -> Sequence[Observation]:
        """Send one message along a route and tell what came of it; raises KeyError for a route that is not known."""
        line = self._lines[route]
        wait = self._paces[line.sender.name].turn(now, patience=PATIENCE)
        if wait is None:
            log.warning("probe_skipped", route=route, why="the mailbox sends as many a minute as its provider allows")
            return ()
        if wait:
            await self._tools.clock.sleep(wait)
        probe = Probe(id=self._tools.chance.randbytes(8).hex(), route=route, sent=self._tools.clock.now())
        message = compose(probe, self._tools.seal, sender=line.sender, receiver=line.receiver)
        outcome = await self._senders[line.sender.name].send(message)
        host = line.sender.smtp.host if line.sender.smtp else ""
        if isinstance(outcome, NoAnswer) and not await self._tools.resolves(host):
            outcome = OwnTrouble(stage=outcome.stage, reply=f"{DEAD} ({outcome.error})", advice="")
        return self._told(line, probe, outcome)

    def _told(self, line: Line, probe: Probe, outcome: Outcome) -> list[Observation]:
        now, sight = self._tools.clock.now(), self._sights[line.sender.name]
        sent = Sent(at=probe.sent, tenant=line.route.tenant, route=line.route.name, probe=probe.id)
        match outcome:
            case Accepted() | FateUnknown():
                log.info("probe_sent", route=probe.route, probe=probe.id, outcome=outcome)
                if isinstance(outcome, Accepted):
                    sent = replace(sent, accepted_seconds=round((now - probe.sent).total_seconds(), 3))
                # Where nobody can look, a message that is under way would pass for one that is late.
                return [*sight.found(now), *([sent] if self._tools.readable(line.receiver.name) else [])]
            case Refusal(stage=stage, reply=reply):
                return [*sight.found(now), sent, _refused(sent, now, stage, reply)]
            case NoAnswer(error=error):
                return [
                    *sight.found(now),
                    sent,
                    Unreachable(at=now, tenant=sent.tenant, route=sent.route, probe=sent.probe, error=error),
                ]
            case OwnTrouble(reply=reply, advice=advice):
                return sight.lost(now, f"{advice} The server said: {reply}" if advice else reply)
            case _:
                assert_never(outcome)


def _refused(sent: Sent, now: datetime, stage: str, reply: str) -> Refused:
    return Refused(at=now, tenant=sent.tenant, route=sent.route, probe=sent.probe, stage=stage, reply=reply)
