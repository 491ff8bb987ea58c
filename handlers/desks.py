"""Whose mail people may ask about, by where they ask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.types import Clock
from handlers.commands import Commands
from handlers.saving import Saving

Find: TypeAlias = Callable[[str, str], Commands | None]
"""Gives the commands of the company that a workspace, or a channel in it, belongs to; None where it is nobody's."""


def _english(_: str) -> str:
    return "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """The commands of every company that people of one platform ask about."""

    find: Find
    saving: Saving
    clock: Clock
    language: Callable[[str], str] = _english
    """Of a channel, where nobody's own is known."""
