"""A company in a file of its own: what ``mailstatus.toml`` holds for one, and its secrets in a file beside it.

Nothing in it can name what is the operator's: no variable of the environment, no far vantage, no pace of polling.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import SecretStr

from bot.egress import fault
from bot.settings import Settings
from bot.settings.errors import SettingsError
from bot.settings.installation import Installation, TenantTable
from bot.settings.secret_files import LARGEST, kept
from bot.settings.strangers import server_faults
from bot.settings.toml_files import parsed, validated

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""Of a company, and so of its file: safe in a path, an address and a log on every system."""
SUFFIX, SECRETS = ".toml", ".env"
OF_ALL = {"tenants", "vantages", "status_pages"}
OWN = set(TenantTable.model_fields)
KINDS = ("routes", "calendars", "destinations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One company as its file has it."""

    settings: Settings
    paused: bool = False


def read_tenant(path: Path, operator: Settings) -> Filed:
    """Read the company that the file is named after; raises SettingsError with all that is wrong."""
    name, file = path.name.removesuffix(SUFFIX), path.name
    if not NAME.fullmatch(name):
        raise SettingsError([f"{file}: its name is to be of a-z, 0-9 and -. Example: contoso.toml"])
    values = parsed(file, _content(path))
    paused = values.pop("paused", False)
    faults = [] if isinstance(paused, bool) else [f"{file}: paused: is neither true nor false. Example: paused = true"]
    faults += _of_the_operator(file, values, operator.installation)
    if faults:
        raise SettingsError(faults)
    try:
        installation = validated(file, Installation, _tables(name, values, operator.installation))
    except SettingsError as error:
        raise SettingsError([line.replace(f"{file}: tenants.{name}.", f"{file}: ") for line in error.lines]) from None
    inside = [f"{file}: {fault}" for fault in server_faults(installation.mailboxes)]
    if inside:
        raise SettingsError(inside)
    named = _named(path, installation, operator)
    return Filed(settings=replace(operator, installation=installation, named=named, public_only=True), paused=paused)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise SettingsError([f"{path.name}: is too large for one company: {LARGEST // 1024} KB at most"])
        return path.read_bytes()
    except OSError as error:
        raise SettingsError([f"{path.name}: cannot be read: {error.strerror}. Example: chmod 600 {path}"]) from None


def _of_the_operator(file: str, values: Mapping[str, Any], operator: Installation) -> list[str]:
    """Say which keys are the operator's alone."""
    where = "is the operator's: it stands in mailstatus.toml"
    faults = [f"{file}: {key}: {where}" for key in sorted(OF_ALL & values.keys())]
    faults += [f"{file}: rules.poll_every: {where}"] if "poll_every" in _table(values, "rules") else []
    for kind in KINDS:
        for key, table in _table(values, kind).items():
            if isinstance(table, dict) and "tenant" in table:
                faults.append(f"{file}: {kind}.{key}.tenant: the file is of one company: take the line out")
            if isinstance(table, dict) and kind == "routes" and table.get("vantage") in operator.vantages:
                faults.append(f"{file}: routes.{key}.vantage: a far vantage {where}, with its routes")
    return faults


def _table(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = values.get(key)
    return table if isinstance(table, dict) else {}


def _tables(name: str, values: Mapping[str, Any], operator: Installation) -> dict[str, Any]:
    """Give the tables of an installation: each with its company, with the file's defaults, and the operator's rules."""
    quiet, language = values.get("quiet"), values.get("language", "en")
    usual = {"language": language} | ({"quiet": quiet} if quiet else {})
    own = {key: value for key, value in values.items() if key in OWN}
    rest = {key: value for key, value in values.items() if key not in {*OWN, "quiet"}}
    defaults: Mapping[str, Mapping[str, Any]] = {"destinations": usual}
    owned = {kind: _with(values[kind], defaults.get(kind, {}), {"tenant": name}) for kind in KINDS if kind in values}
    common = operator.rules.model_dump(exclude_unset=True, by_alias=True, exclude={"managers"})
    rules = {**common, **rest["rules"]} if _table(rest, "rules") else rest.get("rules", common)
    return {**rest, **owned, "rules": rules, "tenants": {name: own}, "status_pages": operator.status_pages}


def _with(tables: object, defaults: Mapping[str, Any], owner: Mapping[str, Any]) -> object:
    """Add to each table of a kind; what is no table is for the model to refuse."""
    if not isinstance(tables, dict):
        return tables
    return {key: {**defaults, **one, **owner} if isinstance(one, dict) else one for key, one in tables.items()}


def _named(path: Path, installation: Installation, operator: Settings) -> dict[str, SecretStr]:
    """Find the values of the variables: in the file beside it, else in the company's folder of secrets."""
    name = path.name.removesuffix(SUFFIX)
    beside = path.with_suffix(SECRETS)
    values: dict[str, str | None] = {}
    try:
        folder = operator.environment.secrets_dir
        own = folder / name if folder else None
        values |= kept(own) if own and own.is_dir() else {}
        values |= dotenv_values(beside, interpolate=False) if beside.is_file() else {}
    except (ValueError, OSError) as error:
        raise SettingsError([f"{beside.name}: {error}"]) from None
    wanted = installation.variables()
    missing = [
        f"{variable}: is not set in {beside.name}, and {path.name} refers to it. Example: {variable}={example}"
        for variable, example in wanted.items()
        if not values.get(variable)
    ]
    if missing:
        raise SettingsError(missing)
    hooks = {one.url_env: values[one.url_env] or "" for one in installation.destinations.values() if one.url_env}
    inside = [
        f"{beside.name}: {variable}: {why}. Example: {variable}={wanted[variable]}"
        for variable, url in hooks.items()
        if (why := fault(url.strip()))
    ]
    if inside:
        raise SettingsError(inside)
    return {variable: SecretStr(values[variable] or "") for variable in wanted}
