"""What the bot hears, in our own nouns; and who listens."""

from dataclasses import dataclass
from typing import Protocol

from bot.store import Conversation
from handlers.teams.render import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message to the bot, or a button pressed on one of its cards."""

    id: str
    """Teams delivers a request again under the same id."""
    place: Conversation
    thread: str
    """The message that the thread hangs on; empty outside a thread."""
    person: str
    """The Entra id of the person, or Teams' own id where there is none."""
    name: str
    text: str = ""
    """Without the mention of the bot, HTML as Teams sends it."""
    incident: str = ""
    """Of a button: the incident that it stands under."""

    @property
    def request(self) -> str:
        """Name the request among all: Teams' ids are of one conversation, and may be a time."""
        return f"{self.place.id} {self.id}"


class Listener(Protocol):
    """Who is told of what people do; the answer to a message is posted, the one to a button is returned."""

    async def said(self, heard: Heard) -> None:
        """Take a message."""

    async def pressed(self, heard: Heard, verb: str) -> Card | str:
        """Take a button; give the card that stands in its card's place for this person, or a line to show them."""

    async def added(self, place: Conversation) -> None:
        """Learn of a conversation that the bot was added to."""

    async def removed(self, id_: str) -> None:
        """Learn of a conversation or a team that the bot was taken out of."""
