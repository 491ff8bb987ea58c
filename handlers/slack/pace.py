"""How often messages may be edited: Slack counts the edits of all channels together."""

from collections import deque
from datetime import datetime, timedelta

from bot.types import Clock, Landed
from handlers.slack.trouble import SlackError

GAP = timedelta(seconds=3)
"""Between two edits of one message."""
MINUTE = timedelta(minutes=1)
EDITS_A_MINUTE = 40
"""Slack's tier allows 50, and others of the workspace's apps are not counted in."""
KEPT_FOR_SEVERE = 10
KEPT_FOR_CHANNELS = 25
"""Channels are read by many: people who are told in person do not use up what those need."""


class EditPace:
    """Holds an edit back for a moment, or sends it back to wait where too many come at once."""

    def __init__(self) -> None:
        """Begin with nothing edited."""
        self._edits: deque[tuple[datetime, str]] = deque()

    async def wait(self, head: Landed, clock: Clock, *, severe: bool) -> None:
        """Wait out the gap; raise SlackError with the time to wait where the minute is full, severe ones last."""
        now = clock.now()
        while self._edits and now - self._edits[0][0] >= MINUTE:
            self._edits.popleft()
        if len(self._edits) >= EDITS_A_MINUTE - _kept(head, severe=severe):
            raise SlackError("too many edits at once", retry_after=MINUTE - (now - self._edits[0][0]))
        last = max((at for at, id_ in self._edits if id_ == head.id), default=None)
        if last is not None and now - last < GAP:
            await clock.sleep(GAP - (now - last))
        self._edits.append((clock.now(), head.id))


def _kept(head: Landed, *, severe: bool) -> int:
    """Give how many edits a minute others may need more; the ids of conversations with one person begin with D."""
    if head.channel.startswith("D"):
        return KEPT_FOR_CHANNELS
    return 0 if severe else KEPT_FOR_SEVERE
