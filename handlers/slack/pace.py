"""How often Slack lets us write: what it allows, by its documents, and what it refused, by its own word."""

from collections import deque
from datetime import datetime, timedelta

from bot.types import Landed
from handlers.slack.trouble import SlackError

POST = "chat.postMessage"
UPDATE = "chat.update"

POST_GAP = timedelta(seconds=1)
"""Between two messages to one channel: what comes faster Slack may drop without a word."""
EDIT_GAP = timedelta(seconds=3)
"""Between two edits of one message."""
MINUTE = timedelta(minutes=1)
EDITS_A_MINUTE = 40
"""Slack's tier allows 50 for all channels together, and others of the workspace's apps are not counted in."""
KEPT_FOR_SEVERE = 10
KEPT_FOR_CHANNELS = 25
"""Channels are read by many: people who are told in person do not use up what those need."""


class Pace:
    """One workspace's limits: each call is told how long to wait first, by SlackError where that is too long."""

    def __init__(self) -> None:
        """Begin with nothing written."""
        self._edits: deque[tuple[datetime, Landed]] = deque()
        self._posts: dict[str, datetime] = {}
        self._held: dict[tuple[str, str], datetime] = {}

    def hold(self, method: str, channel: str, until: datetime) -> None:
        """Remember that Slack wants no more of this until then."""
        self._held[_counted(method, channel)] = until

    def check(self, method: str, channel: str, now: datetime) -> None:
        """Raise SlackError with the time that is left where Slack wants no more of this yet."""
        until = self._held.get(_counted(method, channel), now)
        if until > now:
            raise SlackError(f"Slack asked us to wait with {method}", code="ratelimited", retry_after=until - now)

    def post(self, channel: str, now: datetime) -> timedelta:
        """Take the channel's next turn."""
        self.check(POST, channel, now)
        turn = max(now, self._posts.get(channel, now))
        self._posts[channel] = turn + POST_GAP
        return turn - now

    def edit(self, head: Landed, now: datetime, *, severe: bool) -> timedelta:
        """Take the message's next turn; where the minute is full the severe ones still have some."""
        self.check(UPDATE, head.channel, now)
        while self._edits and now - self._edits[0][0] >= MINUTE:
            self._edits.popleft()
        if len(self._edits) >= EDITS_A_MINUTE - _kept(head, severe=severe):
            raise SlackError("too many edits at once", retry_after=MINUTE - (now - self._edits[0][0]))
        turn = max([now, *(at + EDIT_GAP for at, edited in self._edits if edited == head)])
        self._edits.append((turn, head))
        return turn - now


def _kept(head: Landed, *, severe: bool) -> int:
    """Give how many edits a minute others may need more; the ids of conversations with one person begin with D."""
    if head.channel.startswith("D"):
        return KEPT_FOR_CHANNELS
    return 0 if severe else KEPT_FOR_SEVERE


def _counted(method: str, channel: str) -> tuple[str, str]:
    """Say what Slack counts together: messages by channel, everything else for the whole workspace."""
    return method, channel if method == POST else ""
