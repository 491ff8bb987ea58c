"""A person's own language and time zone, as Slack knows them; nobody waits for it."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.types import Clock, Person
from handlers.slack.api import SlackApi
from handlers.slack.trouble import SlackError

KEEP = timedelta(days=1)
FAILED_KEEP = timedelta(hours=1)
"""Without the scope ``users:read`` Slack says no each time: it is not asked again at once."""
MOST = 5_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """Empty where Slack does not say."""

    language: str = ""
    zone: str = ""


NOWHERE = Locale()


class Locales:
    """Remembers people for a day, the newest thousands of them; ``learn`` is to be called outside the ack."""

    def __init__(self, api: SlackApi, clock: Clock, *, most: int = MOST) -> None:
        """Begin with knowing nobody."""
        self._most = most
        self._api = api
        self._clock = clock
        self._known: OrderedDict[Person, tuple[Locale, datetime]] = OrderedDict()

    def of(self, person: Person) -> Locale:
        """Give what is known of a person, from memory."""
        return self._known.get(person, (NOWHERE, None))[0]

    async def learn(self, person: Person) -> Locale:
        """Ask Slack about a person, unless that was done lately."""
        known = self._known.get(person)
        if known and self._clock.now() < known[1]:
            return known[0]
        found, keep = await self._ask(person)
        self._known[person] = (found, self._clock.now() + keep)
        self._known.move_to_end(person)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return found

    async def _ask(self, person: Person) -> tuple[Locale, timedelta]:
        try:
            answer = await self._api.of(person.workspace).ask("users.info", user=person.id, include_locale="true")
        except SlackError as error:
            log.info("locale_not_read", why=str(error))
            return self.of(person), FAILED_KEEP
        user = answer.get("user")
        said = user if isinstance(user, dict) else {}
        return Locale(language=str(said.get("locale") or ""), zone=str(said.get("tz") or "")), KEEP
