"""What can be broken in the mail system."""

import asyncio
import random
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

BAD_SEQUENCE = "503 5.5.1 Bad sequence of commands"


class Trouble(StrEnum):
    """What happens to a message."""

    REFUSE = "refuse"
    """The submission server answers the recipient with ``reply``."""
    HANG_UP = "hang up"
    """The submission server closes the connection instead of answering."""
    DELAY = "delay"
    """It is held for 0.6 to 1.4 times ``delay``, at most until the fault is mended."""
    SLOW = "slow"
    """It takes ``factor`` times as long."""
    LOSE = "lose"
    """Nothing more is heard of it."""
    BOUNCE = "bounce"
    """A report of non-delivery comes back, with ``reply``."""
    JUNK = "junk"
    """It lands among the junk."""


AT_SUBMISSION = (Trouble.REFUSE, Trouble.HANG_UP)
UNDER_WAY = tuple(trouble for trouble in Trouble if trouble not in AT_SUBMISSION)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MailFault:
    """A trouble that meets ``share`` of the messages on ``routes``."""

    trouble: Trouble
    routes: tuple[str, ...]
    share: float = 1.0
    delay: timedelta = timedelta()
    factor: float = 1.0
    reply: str = BAD_SEQUENCE
    mended: asyncio.Event = field(default_factory=asyncio.Event, repr=False)


class MailFaults:
    """The switches of the mail system: of several faults on a route the first that hits a message counts."""

    def __init__(self, rng: random.Random) -> None:
        """Begin with everything working."""
        self._rng = rng
        self._on: list[MailFault] = []

    @property
    def on(self) -> tuple[MailFault, ...]:
        """What is broken now."""
        return tuple(self._on)

    def switch_on(self, fault: MailFault) -> None:
        """Let messages meet this fault from now on."""
        self._on.append(fault)

    def switch_off(self, fault: MailFault) -> None:
        """Mend one fault; what it holds back leaves soon."""
        self._on.remove(fault)
        fault.mended.set()

    def mend_all(self) -> None:
        """Mend everything."""
        for fault in self.on:
            self.switch_off(fault)

    def hit(self, route: str, troubles: Collection[Trouble]) -> MailFault | None:
        """Draw whether a message on this route meets one of these troubles."""
        for fault in self._on:
            if route in fault.routes and fault.trouble in troubles and self._rng.random() < fault.share:
                return fault
        return None
