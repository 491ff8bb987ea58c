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
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        message = f"store: a saved {noun.__name__} cannot be read: {where}: {first['msg']}"
        raise StoreError(message, passing=False) from None
    return value


def canonical(value: object) -> str:
    """Write plain JSON so that equal values are equal texts; characters beyond ASCII, NUL included, are escaped."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """Name a text by its content, in 32 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
