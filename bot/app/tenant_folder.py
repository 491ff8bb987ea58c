"""The folder with a file for each company, looked at every few seconds: no change in it needs a restart."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import structlog

from bot.app.loops import Beat
from bot.app.tenant_clashes import Said, clashes, doubts
from bot.app.tenant_stamps import Stamp, stamped
from bot.app.tenants import Tenant, Tenants, in_one_file
from bot.settings import Settings, SettingsError
from bot.settings.tenant_file import SUFFIX, read_tenant
from bot.store import StoreError
from bot.types import Clock

log = structlog.get_logger(__name__)

LOOK, LONGEST_PAUSE = timedelta(seconds=3), timedelta(minutes=1)
SPARES = 20
"""Looks take one part in so many of the time at most, however many companies there are."""
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
    """What is wrong with a company's file now, by company."""
    clashes: Said = field(default_factory=dict)
    """What a company has that another one has too, by company; they are watched all the same."""
    _known: dict[str, Tenant] = field(default_factory=dict)
    _read: dict[str, Stamp] = field(default_factory=dict)
    _seen: Mapping[str, Stamp] = field(default_factory=dict)
    _listed: Sequence[Tenant] = field(init=False)
    """Those of mailstatus.toml."""

    def __post_init__(self) -> None:
        """Know who is there already."""
        self._listed = in_one_file(self.operator)
        self._compare()

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

    def is_listed(self, name: str) -> bool:
        """Tell whether a company is in mailstatus.toml."""
        return any(one.name == name for one in self._listed)

    def wrong(self) -> dict[str, list[str]]:
        """Say everything that is wrong, by company: with its file, and between it and another."""
        found = {name: list(lines) for name, lines in self.faults.items()}
        for name, lines in self._placed(self.clashes).items():
            found.setdefault(name, []).extend(lines)
        return found

    def doubts(self) -> dict[str, list[str]]:
        """Say what may be meant and may be a mistake, by company."""
        return self._placed(doubts(self.tenants()))

    def _placed(self, said: Said) -> dict[str, list[str]]:
        return {name: [f"{self._place(name)}: {line}" for line in lines] for name, lines in said.items()}

    def look(self, *, at_once: bool = False) -> None:
        """Take over what was changed; it reads files, so call it in a thread.

        A file must have stood still since the look before, unless ``at_once``: one that is written in place may be a
        sound half of itself.
        """
        stamps = self._stamps()
        if stamps is None:
            return
        changed = [name for name, stamp in stamps.items() if self._read.get(name) != stamp]
        ready = sorted(name for name in changed if at_once or self._seen.get(name) == stamps[name])
        gone = [name for name in self._read if name not in stamps and name not in self._seen]
        for name in ready:
            self._read[name] = stamps[name]
            self._take(name)
        for name in gone:
            self._forget(name)
        if ready or gone:
            self._compare()
        self._seen = stamps

    def _compare(self) -> None:
        """Find what several have, from everybody as they are now: so it ends as soon as one of them lets go."""
        self.clashes = clashes(self.tenants(), self.operator)

    def _take(self, name: str) -> None:
        try:
            tenant = self._tenant(name)
        except SettingsError as error:
            self.faults[name] = error.lines
            return
        self._forget(name, read=True)
        self._known[name] = tenant

    def _tenant(self, name: str) -> Tenant:
        """Read a company; raises SettingsError where it cannot be watched as its file has it."""
        file = f"{name}{SUFFIX}"
        if self.is_listed(name):
            raise SettingsError([f"{file}: a company of this name is in mailstatus.toml: call the file otherwise"])
        filed = read_tenant(self.path / file, self.operator)
        tenant = Tenant(name=name, settings=filed.settings, paused=filed.paused)
        try:
            self.check(tenant)
        except SettingsError as error:
            raise SettingsError([f"{file}: {line}" for line in error.lines]) from error
        return tenant

    def _forget(self, name: str, *, read: bool = False) -> None:
        self.faults.pop(name, None)
        self._known.pop(name, None)
        if not read:
            self._read.pop(name, None)

    def _place(self, name: str) -> str:
        return f"mailstatus.toml: {name}" if self.is_listed(name) else f"{name}{SUFFIX}"

    @property
    def path(self) -> Path:
        """Where the files are."""
        return self.operator.environment.tenants or Path()

    def _stamps(self) -> dict[str, Stamp] | None:
        """Look at every file; None where the folder is not to be believed: then nobody is taken out."""
        if self.operator.environment.tenants is None:
            return {}
        try:
            found = stamped(self.path, self.operator.environment.secrets_dir)
        except OSError as error:
            self._disbelieve(f"{error.filename} cannot be read: {error.strerror}")
            return None
        if not found and len(self._read) > 1:
            self._disbelieve(f"{self.path} is empty all at once: is it mounted? To take all companies out, restart")
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
        pause = LOOK
        while True:
            await self.clock.sleep(pause)
            began = self.clock.now()
            await self.look()
            beat()
            pause = min(max(LOOK, (self.clock.now() - began) * SPARES), LONGEST_PAUSE)

    async def look(self) -> None:
        """Look once; what the store could not follow is told again by the next look."""
        before, clashes_before = dict(self.folder.faults), self.folder.clashes
        await asyncio.to_thread(self.folder.look)
        say(self.folder, before, clashes_before)
        try:
            moved = await self.tenants.become(self.folder.tenants())
        except StoreError as error:
            log.warning("tenants_not_followed", why=str(error))
            return
        for what, those in (("added", moved.added), ("changed", moved.changed), ("removed", moved.removed)):
            if those:
                log.info("tenants", what=what, count=len(those), names=[one.name for one in those[:10]])


def say(folder: TenantFolder, faults: Said, clashes: Said) -> None:
    """Log what is wrong now and was not before, by what was then: a faulty company goes on as it was."""
    for event, now, before in (
        ("tenant_not_taken", folder.faults, faults),
        ("tenant_clashes", folder.clashes, clashes),
    ):
        for name, lines in now.items():
            if before.get(name) != lines:
                log.warning(event, tenant=name, why=list(lines))
