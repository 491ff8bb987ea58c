"""Writes a company's file and its secrets, each whole or not at all."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings.tenant_file import SECRETS, SUFFIX

MARK = "# Written by mailstatus tenant; a later import may write it anew.\n"
"""Begins a file that may be overwritten: one that somebody wrote by hand never is."""
PAUSED = re.compile(r"^paused\s*=.*\n?", re.MULTILINE)
_QUIET = re.compile(r"(\d{2}:\d{2})-(\d{2}:\d{2}) (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The few things that most companies need; empty is left out, and what more there is goes into the file itself."""

    name: str
    azure_tenant_id: str = ""
    azure_client_id: str = ""
    azure_client_secret: str = field(default="", repr=False)
    language: str = ""
    quiet: str = ""
    """As ``22:00-07:00 Europe/Berlin``."""
    slack_workspace: str = ""
    slack_channel: str = ""
    teams_url: str = field(default="", repr=False)
    teams_conversation: str = ""
    canary: str = ""
    """A mailbox of the company that sends test messages to itself, over Graph."""
    page_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A company as text: its file, and the file of its secrets."""

    toml: str
    secrets: str


def written(facts: Facts) -> Written:
    """Give the two files of a company."""
    secrets = {
        "AZURE_CLIENT_SECRET": facts.azure_client_secret,
        "PAGE_TOKEN": facts.page_token,
        "TEAMS_URL": facts.teams_url,
    }
    kept = {name: value for name, value in secrets.items() if value}
    top = {
        "azure_tenant_id": facts.azure_tenant_id,
        "azure_client_id": facts.azure_client_id,
        "azure_client_secret_env": "AZURE_CLIENT_SECRET" if facts.azure_client_secret else "",
        "language": facts.language,
        "page_token_env": "PAGE_TOKEN" if facts.page_token else "",
    }
    lines = [f"{key} = {_quoted(value)}" for key, value in top.items() if value]
    lines += [_quiet(facts.quiet)] if facts.quiet else []
    text = "\n".join([*lines, *_channels(facts), *_canary(facts)])
    return Written(toml=f"{MARK}{text}\n", secrets="".join(f"{key}={_single(value)}\n" for key, value in kept.items()))


def save(folder: Path, name: str, files: Written) -> None:
    """Write both files, the secrets first, so that the company never refers to what is not there; raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if files.secrets:
        _whole(folder / f"{name}{SECRETS}", files.secrets)
    _whole(folder / f"{name}{SUFFIX}", files.toml)
    if not files.secrets:
        (folder / f"{name}{SECRETS}").unlink(missing_ok=True)


def pause(path: Path, *, paused: bool) -> bool:
    """Say in a file whether its company is paused, and leave all else as it is; False where it said so already."""
    before = path.read_text(encoding="utf-8")
    after = with_pause(before, paused=paused)
    if before != after:
        _whole(path, after)
    return before != after


def with_pause(text: str, *, paused: bool) -> str:
    """Give a file's text with the line or without; it must stand before the first table."""
    top, rest = _parts(text)
    top = PAUSED.sub("", top)
    return f"paused = true\n{top}{rest}" if paused else f"{top}{rest}"


def is_paused(text: str) -> bool:
    """Tell whether a file's text has the line."""
    return bool(re.search(r"^paused\s*=\s*true\b", _parts(text)[0], re.MULTILINE))


def _parts(text: str) -> tuple[str, str]:
    """Split a file before its first table."""
    table = re.search(r"^\s*\[", text, re.MULTILINE)
    at = table.start() if table else len(text)
    return text[:at], text[at:]


def _whole(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _channels(facts: Facts) -> list[str]:
    tables: dict[str, Mapping[str, str]] = {}
    if facts.slack_channel:
        slack = {"platform": "slack", "channel": facts.slack_channel, "workspace": facts.slack_workspace}
        tables["slack"] = slack
    if facts.teams_url:
        tables["teams"] = {"platform": "teams", "url_env": "TEAMS_URL"}
    elif facts.teams_conversation:
        tables["teams"] = {"platform": "teams", "conversation": facts.teams_conversation}
    return [
        line
        for name, table in tables.items()
        for line in ("", f"[destinations.{name}]", *(f"{key} = {_quoted(one)}" for key, one in table.items() if one))
    ]


def _canary(facts: Facts) -> list[str]:
    if not facts.canary:
        return []
    box = ["", "[mailboxes.canary]", f"address = {_quoted(facts.canary)}", 'via = "graph"', 'auth = "oauth"']
    return [*box, "", "[routes]", 'internal = { from = "canary", to = "canary", direction = "internal" }']


def _quiet(text: str) -> str:
    found = _QUIET.fullmatch(text)
    if found is None:
        return f"quiet = {_quoted(text)}"  # the model says what is wrong with it
    begin, end, zone = map(_quoted, found.groups())
    return f"quiet = {{ from = {begin}, to = {end}, zone = {zone} }}"


def _quoted(value: str) -> str:
    """Write a string as TOML has it, which is as JSON has it."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _single(value: str) -> str:
    """Write a value of a .env file, in which nothing but quote and backslash means anything."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
