"""The folder with a file for each company, looked at every few seconds: no change in it needs a restart."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import structlog

from bot.app.loops import Beat
from bot.app.tenant_stamps import Stamp, stamped
from bot.app.tenants import Tenant, Tenants, in_one_file
from bot.settings import Settings, SettingsError
from bot.settings.tenant_file import SUFFIX, read_tenant
from bot.store import StoreError
from bot.types import Clock

log = structlog.get_logger(__name__)

LOOK = timedelta(seconds=3)
LOOK_DEADLINE = timedelta(minutes=10)
"""Thousands of companies that come at once are read and begun within one look."""
FOLDER = "MAILSTATUS_TENANTS"
"""Stands for the folder itself among the faults."""

Check: TypeAlias = Callable[[Tenant], None]
"""Raises SettingsError where something that a company's settings ask for cannot work."""


@dataclass(slots=True, kw_only=True)
class TenantFolder:
    """What the files say; a file that cannot be used leaves its company as it was."""

    operator: Settings
    check: Check
    faults: dict[str, Sequence[str]] = field(default_factory=dict)
    """What is wrong now, by company."""
    _known: dict[str, Tenant] = field(default_factory=dict)
    _read: dict[str, Stamp] = field(default_factory=dict)
    _seen: Mapping[str, Stamp] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    """Whose page each token opens."""
    _listed: Sequence[Tenant] = field(init=False)
    """Those of mailstatus.toml."""

    def __post_init__(self) -> None:
        """Know what is taken already."""
        self._listed = in_one_file(self.operator)
        self._tokens = {page_token(one): one.name for one in self._listed}
        if self.operator.environment.page_token:
            self._tokens[self.operator.environment.page_token.get_secret_value()] = FOLDER
        self._tokens.pop("", None)

    def start(self) -> list[Tenant]:
        """Read all for the first time; raises SettingsError where mailstatus.toml cannot be used."""
        for one in self._listed:
            self.check(one)
        self.look(at_once=True)
        return self.tenants()

    def tenants(self) -> list[Tenant]:
        """Give everybody, those of mailstatus.toml first."""
        return [*self._listed, *self._known.values()]

    def companies_at_fault(self) -> list[str]:
        """Name those whose files cannot be used as they are."""
        return [name for name in self.faults if name != FOLDER]

    def look(self, *, at_once: bool = False) -> None:
        """Take over what was changed; it reads files, so call it in a thread.

        A file must have stood still since the look before, unless ``at_once``: one that is written in place may be a
        sound half of itself.
        """
        stamps = self._stamps()
        if stamps is None:
            return
        for name, stamp in sorted(stamps.items()):
            if self._read.get(name) != stamp and (at_once or self._seen.get(name) == stamp):
                self._read[name] = stamp
                self._take(name)
        for name in [one for one in self._read if one not in stamps and one not in self._seen]:
            self._forget(name)
        self._seen = stamps

    def _take(self, name: str) -> None:
        try:
            tenant = self._tenant(name)
        except SettingsError as error:
            self.faults[name] = error.lines
            return
        self._forget(name, read=True)
        self._known[name] = tenant
        if token := page_token(tenant):
            self._tokens[token] = name

    def _tenant(self, name: str) -> Tenant:
        """Read a company; raises SettingsError where it cannot be watched as its file has it."""
        file = f"{name}{SUFFIX}"
        if any(one.name == name for one in self._listed):
            raise SettingsError([f"{file}: a company of this name is in mailstatus.toml: call the file otherwise"])
        filed = read_tenant(self._path / file, self.operator)
        tenant = Tenant(name=name, settings=filed.settings, paused=filed.paused)
        if self._tokens.get(page_token(tenant), name) != name:
            example = "openssl rand -base64 24"
            raise SettingsError([f"{file}: page_token_env: another page has this token. Make one: {example}"])
        try:
            self.check(tenant)
        except SettingsError as error:
            raise SettingsError([f"{file}: {line}" for line in error.lines]) from error
        return tenant

    def _forget(self, name: str, *, read: bool = False) -> None:
        self.faults.pop(name, None)
        before = self._known.pop(name, None)
        if before:
            self._tokens.pop(page_token(before), None)
        if not read:
            self._read.pop(name, None)

    @property
    def _path(self) -> Path:
        return self.operator.environment.tenants or Path()

    def _stamps(self) -> dict[str, Stamp] | None:
        """Look at every file; None where the folder is not to be believed: then nobody is taken out."""
        if self.operator.environment.tenants is None:
            return {}
        try:
            found = stamped(self._path, self.operator.environment.secrets_dir)
        except OSError as error:
            self._disbelieve(f"{error.filename} cannot be read: {error.strerror}")
            return None
        if not found and len(self._read) > 1:
            self._disbelieve(f"{self._path} is empty all at once: is it mounted? To take all companies out, restart")
            return None
        self.faults.pop(FOLDER, None)
        return found

    def _disbelieve(self, why: str) -> None:
        self.faults[FOLDER] = [f"{FOLDER}: {why}. Example: {FOLDER}=/etc/mailstatus/tenants"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantWatch:
    """Has the directory follow the folder."""

    folder: TenantFolder
    tenants: Tenants
    clock: Clock

    async def run(self, beat: Beat) -> None:
        """Look again and again."""
        while True:
            await self.clock.sleep(LOOK)
            await self.look()
            beat()

    async def look(self) -> None:
        """Look once; what the store could not follow is told again by the next look."""
        before = dict(self.folder.faults)
        await asyncio.to_thread(self.folder.look)
        say(self.folder.faults, before)
        try:
            moved = await self.tenants.become(self.folder.tenants())
        except StoreError as error:
            log.warning("tenants_not_followed", why=str(error))
            return
        for what, those in (("added", moved.added), ("changed", moved.changed), ("removed", moved.removed)):
            if those:
                log.info("tenants", what=what, count=len(those), names=[one.name for one in those[:10]])


def say(faults: Mapping[str, Sequence[str]], before: Mapping[str, Sequence[str]]) -> None:
    """Log what is wrong now and was not before: a company that goes on goes on as it was."""
    for name, lines in faults.items():
        if before.get(name) != lines:
            log.warning("tenant_not_taken", tenant=name, why=list(lines))


def page_token(tenant: Tenant) -> str:
    """Give what opens a company's page and no other; empty where it has none."""
    table = tenant.settings.installation.tenants.get(tenant.name)
    variable = table.page_token_env if table else None
    secret = tenant.settings.named.get(variable or "")
    return secret.get_secret_value() if secret else ""
