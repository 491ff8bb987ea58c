"""Companies all of whose texts hold their own word, in one bot: what happens to them, and what can be asked."""

import hashlib
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.app.tenants import Tenants
from bot.keeper import Company
from bot.outbox import Channels, Courier, SendError
from bot.pipeline import Memory, Pipeline
from bot.store import Deed, Gap, Push, Store
from bot.subscribers import Subscribers
from bot.types import (
    AdvisoryGone,
    AdvisorySeen,
    Arrived,
    Bounced,
    CalendarSeen,
    Delivery,
    Destination,
    Direction,
    Landed,
    Observation,
    Order,
    Person,
    Refused,
    Route,
    Sent,
    SourceBack,
    SourceBlind,
    Verb,
)
from bot.web.app import create_app
from bot.web.history import RollupHistory
from bot.web.house import House
from bot.web.overview import Overview, overview
from bot.web.site import Ports
from bot.words.labels import passed_on_note
from handlers.asked import Asked
from handlers.slack import answer as slack
from handlers.teams import answer as teams
from tests.outbox.enqueued import Enqueued
from tests.security.town_desks import SHARED, channel, desks, tenant
from tests.test_pipeline import HandClock
from tests.web.examples import GOOD_HEALTH

EX = "EX{number}"


@dataclass(frozen=True)
class Firm:
    """A company all of whose texts hold its word."""

    name: str
    word: str

    @property
    def person(self) -> Person:
        return Person(platform="slack", workspace=f"T{self.word}", id=f"U{self.word}")

    @property
    def took(self) -> timedelta:
        """How long its test messages are under way, each company's for another time."""
        return timedelta(seconds=4 + len(self.name))

    @property
    def route(self) -> str:
        return f"out-{self.word}"

    def advisory(self, number: int) -> dict[str, Any]:
        """Give an advisory under an id that the other company has too."""
        text = f"Users can't send email, says {self.word}."
        post = {"createdDateTime": "2023-07-18T11:00:00Z", "description": {"content": text}}
        title, status = f"Users can't send email messages ({self.word})", "serviceDegradation"
        return {
            "id": EX.format(number=number),
            "title": title,
            "service": "Exchange Online",
            "status": status,
            "isResolved": False,
            "impactDescription": text,
            "posts": [post],
        }


def first(firm: Firm) -> str:
    """Name a company's channel."""
    return f"ops-{firm.word}"


class Sender:
    """Takes what goes to one channel, or fails with its company's word."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.sent: list[Delivery] = []

    async def send(self, delivery: Delivery) -> Landed | None:
        self.sent.append(delivery)
        if len(self.sent) % 3 == 0:
            raise SendError(f"the channel of {self.firm.word} is full")
        return Landed(channel=f"C{self.firm.word}", id=f"{self.firm.word}.{len(self.sent)}")


class Town:
    """Two companies with one pipeline, one courier, one page and one workspace."""

    def __init__(self, store: Store, clock: HandClock, firms: Sequence[Firm]) -> None:
        self.store, self.clock, self.firms = store, clock, firms
        jobs = Enqueued()
        self.pipeline = Pipeline(Memory(store=store, jobs=jobs, clock=clock))
        self.subscribers = Subscribers(store=store, clock=clock)
        self.tenants = Tenants(map(tenant, firms))
        self.desks = desks(self)
        self.senders = {firm.name: Sender(firm) for firm in firms}
        channels = {firm.name: Channels(senders={first(firm): self.senders[firm.name]}) for firm in firms}
        self.courier = Courier(
            store=store,
            jobs=jobs,
            channels=channels,
            lines={"slack": lambda one: self.senders[one.tenant]},
            clock=clock,
            chance=random.Random(1),  # noqa: S311 - the same each time
            stopped=self._stopped,
            excuse=passed_on_note,
        )
        self.logs: dict[str, list[object]] = {firm.name: [] for firm in firms}
        self.page = create_app(self._house(), token=SecretStr("of the operator"))
        self.count = 0
        self.listings = dict.fromkeys(self.logs, 0)

    async def open(self) -> None:
        for firm in self.firms:
            route = Route(name=firm.route, direction=Direction.OUTBOUND, vantage=f"at-{firm.word}", tenant=firm.name)
            ops = Destination(name=first(firm), platform="slack", edits=True, tenant=firm.name)
            await self.pipeline.admit(firm.name, Company(routes=[route], destinations=[ops]))

    async def lives(self, firm: Firm, deed: str) -> None:
        """Have something happen to a company, and keep what is logged meanwhile."""
        self.count += 1
        self.clock.at += timedelta(seconds=20)
        with capture_logs() as logs:
            await DEEDS[deed](self, firm)
            for name in (first(firm), firm.person.destination):
                await self.courier.deliver({"tenant": firm.name, "destination": name})
        self.logs[firm.name] += logs

    async def see(self, firm: Firm, *seen: Observation) -> None:
        await self.pipeline.take(firm.name, [replace(one, tenant=firm.name) for one in seen])

    async def ask(self, firm: Firm, text: str) -> object:
        """Ask in a company's channel of the workspace that all share."""
        commands = self.desks.find(SHARED, channel(firm))
        assert commands is not None
        asked = Asked(text=text, person=firm.person, name=f"Ana {firm.word}", whom=firm.person)
        answer = await commands.answer(asked)
        return answer, slack.body(answer), teams.card(answer)

    def _house(self) -> House:
        async def everybody() -> Overview:
            return overview(self.pipeline.open(), at=self.clock.at, watched=len(self.firms))

        own = {firm.name: self._ports(firm) for firm in self.firms}
        tokens = {hashlib.sha256(firm.word.encode()).hexdigest(): firm.name for firm in self.firms}
        return House(
            ports=own.get,
            tenants=lambda: [firm.name for firm in self.firms],
            snapshots=self.pipeline.snapshots,
            health=lambda: GOOD_HEALTH,
            everybody=everybody,
            opens=tokens.get,
        )

    def _ports(self, firm: Firm) -> Ports:
        history = RollupHistory(store=self.store, directions={firm.route: Direction.OUTBOUND})
        return Ports(snapshot=self.pipeline.snapshot, health=lambda: GOOD_HEALTH, history=history, tenant=firm.name)

    async def _stopped(self, delivery: Delivery, error: SendError) -> None:
        about = {"destination": delivery.destination, "why": str(error)}
        async with self.store.begin() as tx:
            deed = Deed(at=self.clock.at, who="mailstatus", what="gave a delivery up", about=about)
            await tx.audit.note(delivery.message.tenant, deed)


async def _refused(town: Town, firm: Firm) -> None:
    probe, at = f"p{town.count}-{firm.word}", town.clock.at
    reply = f"550 5.7.1 refused by {firm.word}"
    await town.see(
        firm, Sent(at=at, route=firm.route, probe=probe), Refused(at=at, route=firm.route, probe=probe, reply=reply)
    )


async def _bounced(town: Town, firm: Firm) -> None:
    probe, at = f"p{town.count}-{firm.word}", town.clock.at
    bounce = Bounced(at=at, route=firm.route, probe=probe, status="5.1.1", reply=f"gone, says {firm.word}")
    await town.see(firm, Sent(at=at, route=firm.route, probe=probe), bounce)


async def _arrived(town: Town, firm: Firm) -> None:
    probe, at, took = f"p{town.count}-{firm.word}", town.clock.at, firm.took
    came = Arrived(at=at + took, route=firm.route, probe=probe, latency=took, folder=f"Inbox of {firm.word}")
    await town.see(firm, Sent(at=at, route=firm.route, probe=probe), came)


async def _listed(town: Town, firm: Firm) -> None:
    town.listings[firm.name] += 1
    issue = firm.advisory(1 + (town.listings[firm.name] - 1) % 3)
    await town.see(firm, AdvisorySeen(at=town.clock.at, source="microsoft", issue=issue))


async def _gone(town: Town, firm: Firm) -> None:
    await town.see(firm, AdvisoryGone(at=town.clock.at, source="microsoft", id=EX.format(number=1 + town.count % 3)))


async def _blind(town: Town, firm: Firm) -> None:
    await town.see(firm, SourceBlind(at=town.clock.at, source="microsoft", error=f"403 for {firm.word}"))
    town.clock.at += timedelta(minutes=30)
    await town.pipeline.tick(firm.name)


async def _sees(town: Town, firm: Firm) -> None:
    await town.see(firm, SourceBack(at=town.clock.at, source="microsoft"))


async def _stale(town: Town, firm: Firm) -> None:
    seen = CalendarSeen(
        at=town.clock.at,
        calendar=f"of {firm.word}",
        change=firm.word,
        fresh=False,
        age_seconds=1200.0,
        limit_seconds=600.0,
    )
    await town.see(firm, seen)


async def _acknowledged(town: Town, firm: Firm) -> None:
    order = Order(
        at=town.clock.at,
        person=f"Ana {firm.word}",
        by=firm.person,
        verb=Verb.ACK,
        incident="1",
        note=firm.word,
        tenant=firm.name,
    )
    await town.pipeline.order(order)


async def _asked(town: Town, firm: Firm) -> None:
    for text in (f"report it fails for {firm.word}", "subscribe outgoing quiet 22:00-07:00 UTC", f"ack 1 {firm.word}"):
        await town.ask(firm, text)


async def _noted(town: Town, firm: Firm) -> None:
    gap = Gap(destination=first(firm), since=town.clock.at, why=f"the channel of {firm.word} is gone")
    push = Push(
        vantage=f"at-{firm.word}",
        spool=f"s-{firm.word}-{town.count}",
        last=town.count,
        signed=town.clock.at,
        heard=town.clock.at,
        offset=timedelta(),
    )
    async with town.store.begin() as tx:
        await tx.gaps.save(firm.name, gap)
        await tx.pushes.note(firm.name, push, after=0)
        await tx.rollups.roll_up(town.clock.at + timedelta(minutes=20))


DEEDS: Mapping[str, Callable[[Town, Firm], Awaitable[None]]] = {
    "refused": _refused,
    "bounced": _bounced,
    "arrived": _arrived,
    "listed": _listed,
    "gone": _gone,
    "blind": _blind,
    "sees": _sees,
    "stale": _stale,
    "acknowledged": _acknowledged,
    "asked": _asked,
    "noted": _noted,
}
