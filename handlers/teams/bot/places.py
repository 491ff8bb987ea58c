"""Where the bot may speak, in memory and in the store."""

from collections.abc import Callable
from datetime import datetime

from bot.store import Conversation, Store
from handlers.teams.bot.address import DEFAULT_SERVICE, known


class Places:
    """Conversations that the bot was added to; ``own`` is a service address that the operator named."""

    def __init__(self, store: Store, *, now: Callable[[], datetime], own: str | None = None) -> None:
        """Know none yet: ``open`` reads them."""
        self._store = store
        self._now = now
        self._own = own
        self._known: dict[str, Conversation] = {}

    async def open(self) -> None:
        """Read what was learned before this start; raises StoreError."""
        async with self._store.read() as tx:
            self._known = {one.id: one for one in await tx.conversations.all()}

    def trusted(self, service_url: str) -> bool:
        """Tell whether the bot's token may be sent to an address."""
        return known(service_url, self._own)

    def service_url(self, conversation: str) -> str:
        """Give the address of a conversation: as Teams said it last, else the one that serves them all."""
        found = self._known.get(conversation)
        return found.service_url if found and self.trusted(found.service_url) else self._own or DEFAULT_SERVICE

    def chat_with(self, person: str) -> str:
        """Give the chat that a person has with the bot; empty without one."""
        return next((one.id for one in self._known.values() if one.person == person), "")

    async def learn(self, conversation: Conversation) -> None:
        """Keep how to reach a conversation, if that is news; raises StoreError."""
        if self._known.get(conversation.id) == conversation or not self.trusted(conversation.service_url):
            return
        async with self._store.begin() as tx:
            await tx.conversations.learn(conversation, self._now())
        self._known[conversation.id] = conversation

    async def forget(self, id_: str) -> None:
        """Forget a conversation, or all those of a team; raises StoreError."""
        async with self._store.begin() as tx:
            await tx.conversations.forget(id_)
        self._known = {key: one for key, one in self._known.items() if id_ not in {key, one.team}}
