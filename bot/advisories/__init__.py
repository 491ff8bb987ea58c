"""What an advisory means: is it mail, what is felt, in which direction, what to do, where it stands."""

from bot.advisories.known import meaning, shared
from bot.advisories.reader import read
from bot.advisories.shapes import Listed, listed

__all__ = ["Listed", "listed", "meaning", "read", "shared"]
