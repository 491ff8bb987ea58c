"""Desks as the bot has them, for tests of one company or of several."""

from collections.abc import Mapping

from handlers.commands import Commands
from handlers.desks import Desks, First


def everybodys(commands: Commands, languages: Mapping[str, str] | None = None) -> Desks:
    """Give the desks of a bot that watches one company, whoever asks; ``languages`` are by channel."""
    return by_place({"": commands}, languages, usual=commands)


async def alone(_: str) -> bool:
    """Stand in for the store of a bot that is the only one."""
    return True


def by_place(
    desks: Mapping[str, Commands],
    languages: Mapping[str, str] | None = None,
    *,
    usual: Commands | None = None,
    first: First = alone,
) -> Desks:
    """Give the desks of companies by their workspace; ``usual`` is for any other place."""
    usually = next(iter(desks.values()))
    return Desks(
        find=lambda place, _: desks.get(place, usual),
        first=first,
        saving=usually.orders.saving,
        clock=usually.orders.clock,
        language=lambda channel: (languages or {}).get(channel, usually.language),
    )
