"""A courier over a real store, with senders that do what they are told."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.outbox import Channels, Courier, SendError, call, plan
from bot.store import Gap, State, Store
from bot.types import Delivery, Destination, Kind, Landed, Message, Reason
from bot.words.labels import passed_on_note
from tests.handlers import examples
from tests.handlers.examples import TestClock
from tests.outbox.chance import CHANCE
from tests.outbox.enqueued import Enqueued

HEAD = Landed(channel="C1", id="1.1")
ARGS = {"tenant": "default", "destination": "it"}


def message(**changes: object) -> Message:
    """Give a message that no picture goes with."""
    return examples.message(**({"reason": Reason.NEW_SYMPTOM} | changes))


@dataclass
class Scripted:
    """A sender that does what it is told, and then answers where the head stands."""

    script: list[SendError] | list[Exception] = field(default_factory=list)
    sent: list[Delivery] = field(default_factory=list)
    lands: Landed | None = HEAD

    async def send(self, delivery: Delivery) -> Landed | None:
        """Fail as scripted, then succeed."""
        self.sent.append(delivery)
        if self.script:
            raise self.script.pop(0)
        return self.lands


@dataclass
class Desk:
    """A courier with all that it needs."""

    store: Store
    clock: TestClock = field(default_factory=TestClock)
    jobs: Enqueued = field(default_factory=Enqueued)
    sender: Scripted = field(default_factory=Scripted)
    other: Scripted = field(default_factory=Scripted)
    last: Scripted = field(default_factory=Scripted)
    lost: list[str] = field(default_factory=list)
    channels: Channels = field(init=False)
    courier: Courier = field(init=False)

    def __post_init__(self) -> None:
        """Make the courier."""
        self.channels = Channels(
            senders={"it": self.sender, "office": self.other, "mail": self.last},
            fallbacks={"it": ["office", "mail"]},
            neighbours={"it": ["office"], "office": ["it"]},
            addresses={"it": "first address"},
            merging={"office"},
        )
        self.courier = Courier(
            store=self.store,
            jobs=self.jobs,
            channels={"default": self.channels},
            clock=self.clock,
            chance=CHANCE,
            stopped=self.stopped,
            excuse=passed_on_note,
        )
        self.courier.register()

    def with_channels(self, **changed: Any) -> Courier:  # noqa: ANN401 - as the fields of Channels
        """Give the courier with something about its channels changed."""
        return replace(self.courier, channels={"default": replace(self.channels, **changed)})

    async def stopped(self, delivery: Delivery, error: SendError) -> None:
        """Remember what will never arrive."""
        self.lost.append(f"{delivery.destination}: {error}")

    async def tell(
        self,
        said: Message,
        *,
        heads: tuple[str, ...] = (),
        rings: bool = True,
        to: str = "it",
        due: datetime | None = None,
    ) -> None:
        """Save what is to be told, at its time or when it is wanted."""
        self.clock.at = max(self.clock.at, said.at)
        drafts = plan(said, [Destination(name=to, platform="slack", edits=True)], heads=heads, rings=rings)
        drafts = [replace(one, due=due or one.due) for one in drafts]
        async with self.store.begin() as tx:
            await tx.deliveries.save(drafts, self.clock.now())
            await call(self.jobs, "default", to, transaction=tx)

    async def states(self) -> list[tuple[Kind, State]]:
        """Tell how every delivery stands, oldest first."""
        async with self.store.read() as tx:
            return [(one.kind, one.state) for one in reversed(await tx.deliveries.recent("default"))]

    async def head(self) -> Landed | None:
        """Tell where the incident's head stands."""
        async with self.store.read() as tx:
            return await tx.deliveries.landing("default", "it", "1")

    async def deliver(self) -> None:
        """Run the job once."""
        await self.jobs.tasks["deliver"](ARGS)

    async def due(self, name: str) -> datetime | None:
        """Tell when a destination is tried next."""
        async with self.store.read() as tx:
            return (await tx.deliveries.next_due("default", name)).words

    async def gap(self, name: str = "it") -> Gap | None:
        """Tell whether a destination cannot be reached."""
        async with self.store.read() as tx:
            return await tx.gaps.get("default", name)

    async def deliver_at(self, name: str, after: timedelta = timedelta(0)) -> None:
        """Run the job of a destination once, some time later."""
        self.clock.at += after
        await self.jobs.tasks["deliver"]({"tenant": "default", "destination": name})


def headline(delivery: Delivery) -> str:
    """Give what a delivery says first."""
    return "".join(str(part) for part in delivery.message.headline)


def facts(delivery: Delivery) -> list[str]:
    """Give what a delivery says further."""
    return ["".join(str(part) for part in fact) for fact in delivery.message.facts]
