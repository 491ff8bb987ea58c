"""How far one folder was looked through, and between which moments its messages came, by our own clock."""

from dataclasses import dataclass, field
from datetime import datetime

MOST_MOMENTS = 1000


@dataclass(slots=True)
class Mark:
    """A folder's state: ``unread`` is the lowest UID not read; below ``old`` lies what the first look left out."""

    validity: int = 0
    exists: int = 0
    unread: int = 0
    old: int = 0
    left: bool = False
    """Whether the last look left something new behind."""
    _told: list[tuple[int, datetime, datetime]] = field(default_factory=list)
    """The server's next UID as it grew, each with the first and the last moment that it was so."""

    @property
    def next_uid(self) -> int:
        """The server's next UID, as far as it was told; 0 before."""
        return self._told[-1][0] if self._told else 0

    @property
    def more(self) -> bool:
        """Whether the next look need not wait."""
        return self.left or self.old > 1

    def tell(self, next_uid: int, now: datetime) -> None:
        """Note the next UID: all messages below it are there now, and none of the others."""
        if next_uid == self.next_uid and self._told:
            self._told[-1] = (*self._told[-1][:2], now)
        elif next_uid > self.next_uid:
            self._told = [*self._told, (next_uid, now, now)][-MOST_MOMENTS:]

    def push(self, exists: int, now: datetime) -> None:
        """Note how many messages there are; where the server leaves numbers out, fewer are counted than are there."""
        if self.next_uid:
            # Until now there were no more: the server would have told.
            self.tell(self.next_uid, now)
            self.tell(self.next_uid + exists - self.exists, now)

    def told_at(self, uid: int) -> datetime | None:
        """Tell by when a message was there; None where the server never said."""
        return next((first for bound, first, _ in self._told if uid < bound), None)

    def untold_at(self, uid: int) -> datetime | None:
        """Tell when a message was not there yet; None where nobody looked before it came."""
        return next((last for bound, _, last in reversed(self._told) if bound <= uid), None)
