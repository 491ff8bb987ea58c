"""What people say to the bot, and what it says back: the same words as everywhere, as cards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import structlog

from bot.outbox.backoff import pause
from bot.store import Conversation
from bot.types import Clock, Person
from bot.words.answers import Answer
from bot.words.replies import nobodys
from handlers.actions import ACTIONS
from handlers.asked import Asked
from handlers.commands import Commands
from handlers.desks import Desks
from handlers.teams.answer import card
from handlers.teams.bot.api import TeamsApi
from handlers.teams.bot.buttons import with_buttons
from handlers.teams.bot.heard import Heard
from handlers.teams.bot.trouble import TeamsError
from handlers.teams.render import Card
from handlers.teams.text import plain, words

TRIES = 3
LONGEST_WAIT = timedelta(seconds=20)
"""A person who asks has gone on by then."""
LINE_LIMIT = 300

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Answers people about the mail of the company whose Entra tenant they belong to."""

    api: TeamsApi
    desks: Desks
    clock: Clock
    chance: Random

    async def said(self, heard: Heard) -> None:
        """Answer a message where it was said, after the request that brought it."""
        desk, asked = self._desk(heard), self._asked(heard)
        await self.api.places.learn(heard.place)
        answer = await desk.answer(asked, late=self._later(heard)) if desk else nobodys(asked.language)
        tell = self.desks.once(heard.request, "said", lambda: self._tell(heard, answer))
        self.desks.saving.hold(tell)

    async def pressed(self, heard: Heard, verb: str) -> Card | str:
        """Answer a button: with the story in the card's place, or in a line that the one who pressed it is shown."""
        desk, asked = self._desk(heard), self._asked(heard)
        known = verb if verb in ACTIONS else "help"
        answer = await desk.press(known, asked, late=self._later(heard)) if desk else nobodys(asked.language)
        if known in {"details", "help"}:
            return _dressed(answer)
        return plain((*answer.headline, " ", *answer.advice), LINE_LIMIT)

    async def added(self, place: Conversation) -> None:
        """Learn how to speak in a conversation."""
        await self.api.places.learn(place)
        log.info("teams_added", conversation=place.id, team=place.team)

    async def removed(self, id_: str) -> None:
        """Forget a conversation or a team."""
        await self.api.places.forget(id_)
        log.info("teams_removed", conversation=id_)

    def _desk(self, heard: Heard) -> Commands | None:
        """Give the commands of the person's company."""
        return self.desks.find(heard.place.azure_tenant.lower(), heard.place.id)

    def _asked(self, heard: Heard) -> Asked:
        """Say who asks; who has a chat with the bot can be told in person there, wherever they ask for it."""
        chat = heard.place.id if heard.place.person else self.api.places.chat_with(heard.person)
        whom = Person(platform="teams", workspace=heard.place.azure_tenant.lower(), id=heard.person)
        return Asked(
            text=words(heard.text),
            person=whom,
            name=heard.name,
            language=self.desks.language(heard.place.id),
            incident=heard.incident or None,
            whom=whom if chat else None,
            address=chat,
            request=heard.request,
        )

    def _later(self, heard: Heard) -> Callable[[Answer], Awaitable[None]]:
        async def late(answer: Answer) -> None:
            await self.desks.once(heard.request, "later", lambda: self._tell(heard, answer))

        return late

    async def _tell(self, heard: Heard, answer: Answer) -> None:
        """Post an answer, and once more where Teams asks for it; what cannot be posted is logged."""
        for attempt in range(1, TRIES + 1):
            try:
                await self.api.post(heard.place.id, _dressed(answer), below=heard.thread)
            except TeamsError as error:
                wait = pause(attempt, chance=self.chance, asked=error.retry_after)
                if error.permanent or error.unknown or attempt == TRIES or wait > LONGEST_WAIT:
                    log.warning("teams_answer_lost", why=str(error), attempts=attempt)
                    return
                await self.clock.sleep(wait)
            else:
                return


def _dressed(answer: Answer) -> Card:
    return with_buttons(card(answer), answer.incident, answer.language)
