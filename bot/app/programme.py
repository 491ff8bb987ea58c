"""What the demo prints: what happens, what people are told, and how far ahead of the vendor that is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.demo.clock import StoryClock
from bot.demo.story import Event
from bot.types import Message, Reason, Snapshot, Text
from bot.words.catalogue import catalogue
from bot.words.message import text

LOOK = timedelta(seconds=5)


class Programme:
    """Prints a story as it goes."""

    def __init__(self, *, show: Callable[[str], None], clock: StoryClock, snapshot: Callable[[], Snapshot]) -> None:
        """Take where to print and what to watch."""
        self._show = show
        self._clock = clock
        self._snapshot = snapshot
        self._words = catalogue("en")
        self._told: set[tuple[datetime, Reason]] = set()
        self._first_trouble: datetime | None = None
        self._first_told: datetime | None = None
        self._first_post: datetime | None = None

    def begins(self, *, page: str, chat: str) -> None:
        """Say what is to be seen, and where."""
        self._show("July 2023 again: a mail system, Microsoft Graph, Slack and Teams in a box, and the real bot in it.")
        self._show(f"  status page      {page}/")
        self._show(f"  Slack and Teams  {chat}   (type /mailstatus there)")
        self._show("The bot is given a healthy day to remember …")

    def happened(self, event: Event) -> None:
        """Say what changes in the world, which the bot does not know yet."""
        if "Microsoft" in event.what:
            self._first_post = self._first_post or event.at
        else:
            self._first_trouble = self._first_trouble or event.at
        self._show(f"\n{_stamp(event.at)}  · {event.what}")

    async def follow(self) -> None:
        """Print each message when it is told."""
        while True:
            self.catch_up()
            await self._clock.sleep(LOOK)

    def catch_up(self) -> None:
        """Print the messages that were told since the last look."""
        for message in reversed(self._snapshot().messages):
            key = (message.at, message.reason)
            if key not in self._told:
                self._told.add(key)
                self._first_told = self._first_told or message.at
                self._tell(message)

    def ended(self, missed: list[str]) -> None:
        """Say how it came out."""
        self.catch_up()
        self._show("")
        if self._first_told and self._first_trouble and self._first_post:
            after = self._words.length(self._first_told - self._first_trouble)
            ahead = self._words.length(self._first_post - self._first_told)
            self._show(f"People were told {after} after mail began to be late, {ahead} before Microsoft said anything.")
        for line in missed:
            self._show(f"NOT TOLD  {line}")
        self._show("The story did not come out." if missed else "The story came out as it should.")

    def _tell(self, message: Message) -> None:
        self._show(f"\n{_stamp(message.at)}  >> {self._line(message.headline, message.advice)}")
        for part in (*message.facts, message.vendor, message.basis):
            if part:
                self._show(f"              {self._line(part)}")

    def _line(self, *parts: Text) -> str:
        return text(self._words.joined(*parts), self._words)


def _stamp(at: datetime) -> str:
    return f"{at:%d %b %H:%M}"
