"""The only place where sentences are written: a change in, whole sentences out, in the reader's language."""

from bot.words.catalogue import LANGUAGES, Catalogue, catalogue

__all__ = ["LANGUAGES", "Catalogue", "catalogue"]
