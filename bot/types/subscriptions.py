"""Who is told in person, by direct message."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from bot.types.base import DEFAULT_TENANT, Direction
from bot.types.rules import Destination, QuietHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on a chat platform, by the platform's own ids; ``workspace`` is Slack's team or Teams' tenant."""

    MARK: ClassVar[str] = "@"
    """How a person's name as a destination begins."""

    platform: str
    workspace: str
    id: str

    @property
    def destination(self) -> str:
        """Name the person as a destination of the outbox, with an order of deliveries of its own."""
        return f"{self.MARK}{self.platform}/{self.workspace}/{self.id}"

    @classmethod
    def of(cls, destination: str) -> Self | None:
        """Read a person out of a destination's name; None where that is a channel of the settings."""
        platform, _, rest = destination.removeprefix(cls.MARK).partition("/")
        workspace, _, id_ = rest.partition("/")
        if not destination.startswith(cls.MARK) or not id_:
            return None
        return cls(platform=platform, workspace=workspace, id=id_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What one person wants to be told."""

    person: Person
    created: datetime
    directions: frozenset[Direction] = frozenset()
    """Empty: all of them."""
    quiet: QuietHours | None = None
    language: str = "en"
    tenant: str = DEFAULT_TENANT
    address: str = ""
    """Where the platform delivers, in its own form (a conversation reference); empty where the person's id will do."""

    def destination(self) -> Destination:
        """Give the person as a destination like any channel."""
        return Destination(
            name=self.person.destination,
            platform=self.person.platform,
            language=self.language,
            tenant=self.tenant,
            directions=self.directions,
            quiet=self.quiet,
            edits=True,
        )
