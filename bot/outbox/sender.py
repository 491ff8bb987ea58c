"""What a chat platform has to offer to the outbox, and the one error it may raise."""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, TypeAlias

from bot.outbox.catching_up import doubted
from bot.types import Delivery, Landed, Subscription


class SendError(Exception):
    """A message was not delivered, or nobody knows whether it was.

    ``permanent``: trying again cannot help. ``retry_after``: how long the platform asks us to wait. ``unknown``: the
    message may have landed, so the next attempt has to look first. ``gone``: the person that it was for is not there
    any more. ``shut``: the destination takes nothing, whatever it is, until somebody mends it. The text holds nothing
    secret.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        unknown: bool = False,
        gone: bool = False,
        shut: bool = False,
    ) -> None:
        """Keep what the retry loop needs."""
        super().__init__(message)
        self.permanent = permanent or shut
        self.retry_after = retry_after
        self.unknown = unknown
        self.gone = gone
        self.shut = shut


class DoubtedError(SendError):
    """It may stand there twice already, and nobody can look."""


def check_doubts(delivery: Delivery) -> None:
    """Make no third copy: raises DoubtedError where two tries may have arrived of which nobody knows."""
    if doubted(delivery):
        raise DoubtedError("its answers were lost, so it may have been told already", permanent=True)


class Sender(Protocol):
    """One destination on one platform."""

    async def send(self, delivery: Delivery) -> Landed | None:
        """Post, reply or edit, and look first where ``delivery.unknown``.

        Tells where the incident's head stands from now on, None where nobody can know. Raises SendError, and
        DoubtedError by ``check_doubts`` where it cannot look.
        """


DirectLine: TypeAlias = Callable[[Subscription], Sender]
"""Gives the sender to one person; an error that says ``gone`` ends their subscription."""
