"""The provider's limit of messages a minute: what goes above it waits there, and would look like late mail."""

from collections import deque
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


class Pace:
    """Gives each message of one mailbox its turn, so that no minute holds more than the limit."""

    def __init__(self, per_minute: int) -> None:
        """Take the limit."""
        self._turns: deque[datetime] = deque(maxlen=per_minute)

    def turn(self, now: datetime, *, patience: timedelta) -> timedelta | None:
        """Take the next turn and say how long to wait for it, or None, taking none, where that is too long."""
        full = len(self._turns) == self._turns.maxlen
        start = max(now, self._turns[0] + MINUTE) if full else now
        if start - now > patience:
            return None
        self._turns.append(start)
        return start - now
