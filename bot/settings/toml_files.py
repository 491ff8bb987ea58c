"""Reading a file of ours in TOML: whatever is wrong is said with file, key and example."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.settings.destinations import DestinationTable
from bot.settings.errors import SettingsError
from bot.settings.installation import CalendarTable, RulesTable, TenantTable, VantageTable
from bot.settings.routes import MailboxTable, RouteTable

Model = TypeVar("Model", bound=BaseModel)

PARTS = 64
DEEP = re.compile(rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{PARTS}}}""")
"""A key that says more than so many parts: the time that tomllib takes for one grows with the square of them."""


def parsed(file: str, content: bytes) -> dict[str, Any]:
    """Parse TOML; raises SettingsError."""
    try:
        text = content.decode()
        if DEEP.search(text):
            raise SettingsError([f"{file}: a key has more than {PARTS} parts. Example: [mailboxes.office]"])
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError([f"{file}: is not TOML: {error}. Example: [mailboxes.office]"]) from None


def validated(file: str, model: type[Model], values: Mapping[str, Any]) -> Model:
    """Give the values as a model; raises SettingsError with every fault."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        raise SettingsError([_toml_line(file, fault["loc"], fault["msg"]) for fault in faults]) from None


TABLES: Mapping[str, type[BaseModel]] = {
    "mailboxes": MailboxTable,
    "routes": RouteTable,
    "calendars": CalendarTable,
    "destinations": DestinationTable,
    "tenants": TenantTable,
    "vantages": VantageTable,
    "rules": RulesTable,
}


def _toml_line(file: str, where: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in where)
    text = message.removeprefix("Value error, ")
    example = "" if "Example:" in text else _example(where)
    return f"{file}: {name + ': ' if name else ''}{text}{example}"


def _example(where: tuple[int | str, ...]) -> str:
    place = 1 if where[:1] == ("rules",) else 2  # the others have a name between
    model = TABLES.get(str(where[0])) if len(where) > place else None
    for name, field in model.model_fields.items() if model else ():
        if where[place] in {name, field.alias} and field.examples:
            return f'. Example: {where[place]} = "{field.examples[0]}"'
    return ""
