"""The bot's side of Teams' connector, opened at the first use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pydantic import SecretStr

from handlers.teams.bot.address import activity_of, conversation_of
from handlers.teams.bot.places import Places
from handlers.teams.bot.trouble import Missing, TeamsError
from handlers.teams.render import Card

if TYPE_CHECKING:
    from handlers.teams.bot.wire import Wire

Tokens: TypeAlias = Callable[[str], Awaitable[SecretStr]]
"""Gives the bot's token for a scope; raises GraphError."""
EXTRA = "pip install --require-hashes --requirement deploy/requirements.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotApp:
    """The bot's registration: its id, the Entra tenant it lives in, its tokens, and Microsoft's cloud by name."""

    id: str
    azure_tenant: str
    tokens: Tokens
    cloud: str = "global"


class TeamsApi:
    """What the bot posts and edits; is to be closed."""

    def __init__(self, app: BotApp, places: Places, *, connect: Callable[[BotApp], Wire] | None = None) -> None:
        """Keep the registration for the calls to come; ``connect`` makes another wire than the SDK's."""
        self._app = app
        self._connect = connect
        self._wire: Wire | None = None
        self.places = places

    async def post(self, conversation: str, card: Card, *, below: str = "") -> str:
        """Post a card, in the thread of a message where ``below`` names one; give its id. Raises TeamsError."""
        to, service_url = self._address(conversation)
        return await self.wire().post(service_url, to, card, below=below)

    async def edit(self, conversation: str, activity: str, card: Card) -> None:
        """Put a card in the place of one that was posted; raises TeamsError."""
        to, service_url = self._address(conversation)
        await self.wire().edit(service_url, to, _checked(activity), card)

    def load(self) -> None:
        """Import what connects, which may be done in a thread; raises TeamsError where it is not installed."""
        self._connect = self._connect or _sdk()

    def wire(self) -> Wire:
        """Open the connection at the first use; raises TeamsError where the extra is not installed."""
        if self._wire is None:
            self._wire = (self._connect or _sdk())(self._app)
        return self._wire

    async def aclose(self) -> None:
        """Close the connections."""
        if self._wire is not None:
            await self._wire.aclose()

    def _address(self, conversation: str) -> tuple[str, str]:
        """Give the conversation and its service address, both safe to build an address of."""
        try:
            to = conversation_of(conversation)
        except ValueError as error:
            raise TeamsError(f"the conversation {error}", permanent=True) from None
        return to, self.places.service_url(to)


def _checked(activity: str) -> str:
    try:
        return activity_of(activity)
    except ValueError:
        raise TeamsError("there is no such message", permanent=True, missing=Missing.MESSAGE) from None


def _sdk() -> Callable[[BotApp], Wire]:
    try:
        from handlers.teams.bot.wire import Wire  # noqa: PLC0415 - the SDK takes 2 s and 87 MB to import
    except ModuleNotFoundError as error:
        raise TeamsError(f"the Teams bot is not installed. Install it: {EXTRA}", shut=True) from error
    return Wire
