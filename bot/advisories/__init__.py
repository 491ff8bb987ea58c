"""What an advisory means: is it mail, what is felt, in which direction, what to do, where it stands."""

from bot.advisories.reader import read

__all__ = ["read"]
