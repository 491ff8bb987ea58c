"""What the operator decides: secrets from the environment and ``.env``, the rest from ``mailstatus.toml``.

Read once, at the start.  Whatever is wrong is said all at once, each line naming the variable, the fault and an
example.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError

from bot.settings.destinations import DestinationTable
from bot.settings.environment import Environment
from bot.settings.errors import SettingsError
from bot.settings.forms import Server
from bot.settings.installation import (
    CalendarTable,
    Installation,
    RulesTable,
    TenantTable,
    VantageTable,
)
from bot.settings.routes import MailboxTable, RouteTable
from bot.settings.secret_files import folder_of, kept
from bot.settings.toml_files import parsed, validated

__all__ = [
    "CalendarTable",
    "DestinationTable",
    "Environment",
    "Installation",
    "MailboxTable",
    "RouteTable",
    "RulesTable",
    "Server",
    "Settings",
    "SettingsError",
    "TenantTable",
    "VantageTable",
    "load",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that the operator decided; ``named`` holds the variables that mailstatus.toml refers to."""

    environment: Environment
    installation: Installation
    named: Mapping[str, SecretStr]
    state: Path
    """The folder for what is kept between runs."""
    public_only: bool = False
    """Whether what it names must be public, wherever its names lead: a company's own file may not point inside."""

    @property
    def store_url(self) -> str:
        """The store's SQLAlchemy URL; it may hold a password, so it is for the store alone."""
        if self.environment.store:
            return self.environment.store.get_secret_value()
        return f"sqlite:///{self.state / 'mailstatus.db'}"

    def of(self, tenant: str) -> "Settings":
        """Give what one tenant is to know of: its own tables and their variables, and what is decided for all."""
        return self._with(self.installation.of(tenant))

    def apart(self, tenants: Iterable[str]) -> Mapping[str, "Settings"]:
        """Give that of each of some tenants."""
        return {name: self._with(own) for name, own in self.installation.apart(tenants).items()}

    def _with(self, installation: Installation) -> "Settings":
        named = {name: self.named[name] for name in installation.variables() if name in self.named}
        return replace(self, installation=installation, named=named)


def load(folder: Path) -> Settings:
    """Read the environment, ``.env`` and ``mailstatus.toml`` in ``folder``; raise SettingsError with every fault."""
    faults: list[str] = []
    dotenv = _readable(folder / ".env")
    values = {**(dotenv_values(dotenv, interpolate=False) if dotenv else {}), **os.environ}
    secrets = folder_of(values)
    try:
        values = {**kept(secrets), **values}
    except ValueError as error:
        raise SettingsError([str(error)]) from None
    environment = _environment(dotenv, secrets, faults)
    path = folder / (environment.config if environment else "mailstatus.toml")
    installation = _installation(path, required=bool(values.get("MAILSTATUS_CONFIG")), faults=faults)
    named = {name: SecretStr(value) for name in installation.variables() if (value := values.get(name))}
    faults += [
        f"{name}: is not set, and {path.name} refers to it. Example: {name}={example}"
        for name, example in installation.variables().items()
        if name not in named
    ]
    if faults or environment is None:
        raise SettingsError(faults)
    return Settings(environment=environment, installation=installation, named=named, state=_state_folder(values))


def _state_folder(values: Mapping[str, str | None]) -> Path:
    """Where a program keeps what it needs between runs, as the XDG base directory specification has it."""
    return Path(values.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "mailstatus"


def _readable(dotenv: Path) -> Path | None:
    """Give ``.env`` if there is one; without it, whatever else is missing may stand in it."""
    if not dotenv.is_file():
        return None
    try:
        dotenv.read_text("utf-8")
    except UnicodeDecodeError as error:
        example = "iconv -f windows-1252 -t utf-8 .env"
        raise SettingsError([f".env: is not UTF-8, from byte {error.start} on. Example: {example}"]) from None
    except OSError as error:
        raise SettingsError([f".env: cannot be read: {error.strerror}. Example: chmod 600 .env"]) from None
    return dotenv


def _environment(dotenv: Path | None, secrets: Path | None, faults: list[str]) -> Environment | None:
    try:
        return Environment(_env_file=dotenv, _secrets_dir=secrets)
    except ValidationError as error:
        faults += _lines(error)
        return None


def _lines(error: ValidationError) -> list[str]:
    examples = {field.alias: field.examples for field in Environment.model_fields.values()}
    lines = []
    for fault in error.errors(include_input=False, include_url=False):
        text = fault["msg"].removeprefix("Value error, ")
        name = str(fault["loc"][0]) if fault["loc"] else ""
        example = (examples.get(name) or [""])[0]
        lines.append(f"{name}: {text}. Example: {name}={example}" if name else text)
    return lines


def _installation(path: Path, *, required: bool, faults: list[str]) -> Installation:
    try:
        text = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if required or not isinstance(error, FileNotFoundError):
            why = error.strerror if isinstance(error, OSError) else error
            example = "MAILSTATUS_CONFIG=/etc/mailstatus/mailstatus.toml"
            faults.append(f"MAILSTATUS_CONFIG: {path} cannot be read: {why}. Example: {example}")
        return Installation()
    try:
        return validated(path.name, Installation, parsed(path.name, text))
    except SettingsError as error:
        faults += error.lines
        return Installation()
