"""A resolver that is dead: no name is found along any route; that is our own line, not the mail."""

import random
import socket
from collections.abc import Collection
from datetime import timedelta

from pydantic import SecretStr

from bot.mail import DEAD, Mailbox, Names, Seal, Security, Server, SmtpSender
from bot.mail.names import NOBODY
from bot.pipeline import Pipeline
from bot.store import Store
from bot.types import Arrived, Change, Direction, Observation, Reason, Route, Sent
from bot.watch import Canary, Line, Tools
from tests.test_clock_jumps import rung
from tests.test_pipeline import ROUTES, HandClock, pipeline

AGAIN = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
NO_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")


class Evening:
    """A canary that hands over by name, and a bot that judges; each route has a sender of its own."""

    def __init__(self, clock: HandClock, bot: Pipeline) -> None:
        self.clock, self.bot = clock, bot
        self.errors: dict[str, socket.gaierror] = {}
        names = Names(self._look_up)
        lines = [Line(route=one, sender=mailbox(one.name), receiver=mailbox("bob")) for one in ROUTES]
        tools = Tools(
            seal=Seal(SecretStr("a secret of the tests")),
            clock=clock,
            chance=random.Random(1),  # noqa: S311  # a test wants the same each time
            resolves=names.live,
        )
        self.canary = Canary(lines, {line.sender.name: SmtpSender(line.sender, names) for line in lines}, tools)

    async def live(self, minutes: int, *, cut: Collection[Direction] = (), **errors: socket.gaierror) -> list[Change]:
        """Send each minute along all routes: those of the cut ones by the canary, whose names find this answer."""
        self.errors = errors
        changes: list[Change] = []
        for minute in range(minutes):
            for route in ROUTES:
                by_canary = route.direction in cut
                seen = await self.canary.send(route.name, self.clock.at) if by_canary else self._came(route, minute)
                changes += await self.bot.take("default", seen)
                self.clock.at += timedelta(seconds=8)
            self.clock.at += timedelta(seconds=60 - 8 * len(ROUTES))
            changes += await self.bot.tick("default")
        return changes

    def _came(self, route: Route, minute: int) -> list[Observation]:
        took, probe = timedelta(seconds=5 + minute % 3), f"{route.name}-{self.clock.at.isoformat()}"
        sent = self.clock.at - took
        return [
            Sent(at=sent, route=route.name, probe=probe),
            Arrived(at=self.clock.at, route=route.name, probe=probe, latency=took),
        ]

    async def _look_up(self, host: str) -> None:
        raise self.errors["nobody" if host == NOBODY else "servers"]


def mailbox(name: str) -> Mailbox:
    return Mailbox(
        name=name,
        address=f"{name}@test.example",
        smtp=Server(host=f"{name}.test.example", port=587, security=Security.STARTTLS),
    )


async def test_a_dead_resolver_is_told_once_as_our_own_blindness_and_never_as_an_outage(sqlite_store: Store) -> None:
    """Each mailbox says what mends it, where operators look; nobody is told of each."""
    clock = HandClock()
    evening = Evening(clock, await pipeline(sqlite_store, clock))
    assert rung(await evening.live(30)) == []
    changes = await evening.live(40, cut=tuple(Direction), servers=AGAIN, nobody=AGAIN)
    assert [(change.reason, change.about) for change in changes if change.rings] == [
        (Reason.CANNOT_SEE, ("tests:eu,us",))
    ]
    assert evening.bot.snapshot("default").open == ()
    mailboxes = [one.error for one in evening.bot.snapshot("default").sources if one.source.startswith("sender:")]
    assert len(mailboxes) == len(ROUTES)
    assert all(error.startswith(DEAD) for error in mailboxes)
    changes = await evening.live(20)
    assert {change.reason for change in changes if change.rings} == {Reason.SEES_AGAIN}


async def test_names_that_only_microsoft_lacks_are_an_outage(sqlite_store: Store) -> None:
    """Its own name servers do not answer, so the resolver gives up; of another name it says that there is none."""
    clock = HandClock()
    evening = Evening(clock, await pipeline(sqlite_store, clock))
    await evening.live(30)
    changes = await evening.live(5, cut={Direction.OUTBOUND}, servers=AGAIN, nobody=NO_NAME)
    assert [change.reason for change in changes if change.rings] == [Reason.OPENED]
