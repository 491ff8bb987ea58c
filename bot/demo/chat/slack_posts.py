"""What a Slack workspace remembers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.demo.chat.slack_files import Files, SlackFile
from bot.types import Clock

Blocks: TypeAlias = Sequence[Mapping[str, Any]]

BOT_USER = "U0MAILWATCH"
BOT_ID = "B0MAILWATCH"
APP_ID = "A0MAILWATCH"
TEAM = "T0CONTOSO"
BOT_NAME = "mailwatch"


@dataclass(slots=True, kw_only=True)
class SlackPost:
    """A message in a channel; ``ts`` is its id, ``thread_ts`` that of the message it answers."""

    channel: str
    ts: str
    text: str
    blocks: Blocks = ()
    user: str = BOT_USER
    thread_ts: str = ""
    broadcast: bool = False
    metadata: Mapping[str, Any] | None = None
    client_msg_id: str = ""
    files: Sequence[SlackFile] = ()
    edited: str = ""
    """When it was last changed, as a ``ts``; empty if it never was."""
    versions: list[tuple[str, str]] = field(default_factory=list)
    """What it said before: since when (a ``ts``), and the text."""

    def shown(self, *, with_metadata: bool) -> dict[str, Any]:
        """Give it as the Web API does."""
        body: dict[str, Any] = {"type": "message", "ts": self.ts, "text": self.text, "user": self.user, "team": TEAM}
        if self.user == BOT_USER:
            body |= {"bot_id": BOT_ID, "app_id": APP_ID}
        optional = {
            "blocks": list(self.blocks),
            "thread_ts": self.thread_ts,
            "client_msg_id": self.client_msg_id,
            "files": [file.shown() for file in self.files],
        }
        body |= {name: value for name, value in optional.items() if value}
        if self.broadcast:
            body["subtype"] = "thread_broadcast"
        if self.edited:
            body["edited"] = {"user": self.user, "ts": self.edited}
        if with_metadata and self.metadata:
            body["metadata"] = self.metadata
        return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """A message that one person alone can see: a typed command and its answer, or an ephemeral post."""

    channel: str
    user: str
    text: str
    blocks: Blocks = ()
    ts: str = ""
    command: str = ""


class Workspace:
    """Channels and what was posted in them, stamped with the story's time."""

    def __init__(self, clock: Clock, channels: Mapping[str, str], people: Mapping[str, str]) -> None:
        """Begin with empty ``channels`` (id to name) and ``people`` (id to name)."""
        self.channels = channels
        self.people = people
        self.locales: dict[str, str] = {}
        """The languages of those who do not use Slack in English, by person."""
        self.posts: list[SlackPost] = []
        self.whispers: list[Whisper] = []
        self.homes: dict[str, Mapping[str, Any]] = {}
        self.files = Files()
        self._clock = clock
        self._last_us = 0

    def channel(self, wanted: str) -> str | None:
        """Find a channel's id by id or name; D and a person's id is the bot's conversation with that person."""
        if wanted.startswith("D") and wanted[1:] in self.people:
            return wanted
        name = wanted.removeprefix("#")
        return next((key for key, value in self.channels.items() if name in (key, value)), None)

    def post(self, channel: str, ts: str) -> SlackPost | None:
        """Find a message."""
        return next((post for post in self.posts if (post.channel, post.ts) == (channel, ts)), None)

    def history(self, channel: str) -> list[SlackPost]:
        """Give what the channel itself shows, newest first: replies only where they were broadcast."""
        shown = [post for post in self.posts if post.channel == channel and (post.broadcast or not post.thread_ts)]
        return shown[::-1]

    def thread(self, channel: str, ts: str) -> list[SlackPost]:
        """Give a message and its replies, oldest first."""
        return [post for post in self.posts if post.channel == channel and ts in (post.ts, post.thread_ts)]

    def stamp(self) -> str:
        """Give a new ``ts``: seconds of story time with six places, never the same twice."""
        self._last_us = max(self._last_us + 1, int(self._clock.now().timestamp() * 1_000_000))
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06}"
