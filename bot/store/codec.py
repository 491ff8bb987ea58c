"""Nouns to JSON text and back, by adapters that are built once and only when needed."""

import hashlib
import json
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from bot.store.errors import StoreError

Noun = TypeVar("Noun")


_adapters: dict[type[object], TypeAdapter[Any]] = {}


def _adapter(noun: type[object]) -> TypeAdapter[Any]:
    if noun not in _adapters:
        _adapters[noun] = TypeAdapter(noun)
    return _adapters[noun]


def dump(value: object) -> str:
    """Write a noun as JSON text, with ? for halves of characters."""
    adapter = _adapter(type(value))
    try:
        return adapter.dump_json(value).decode()
    except PydanticSerializationError:  # half a character, as undecodable mail has them
        text = json.dumps(adapter.dump_python(value, mode="json"), ensure_ascii=False, separators=(",", ":"))
        return text.encode(errors="replace").decode()


def load(noun: type[Noun], text: str) -> Noun:
    """Read a noun; raises StoreError, without the words in it, where the text is no such noun."""
    try:
        value: Noun = _adapter(noun).validate_json(text)
    except ValidationError as error:
        raise unreadable(f"a saved {noun.__name__}", error) from None
    return value


def unreadable(what: str, error: ValueError) -> StoreError:
    """Say that something saved makes no sense here, without the words in it: old programs run beside newer ones."""
    why = type(error).__name__
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    upgrade = "most likely a newer mailstatus saved it, so install the version that the other machines have"
    return StoreError(f"store: {what} cannot be read: {why}; {upgrade}", passing=False)


def canonical(value: object) -> str:
    """Write plain JSON so that equal values are equal texts; characters beyond ASCII, NUL included, are escaped."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """Name a text by its content, in 32 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
