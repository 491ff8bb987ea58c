"""The only place where sentences are written: a change in, whole sentences out, in the reader's language."""

from bot.words.catalogue import LANGUAGES, Catalogue, catalogue, mark
from bot.words.message import plain, tell, text

__all__ = ["LANGUAGES", "Catalogue", "catalogue", "mark", "plain", "tell", "text"]
