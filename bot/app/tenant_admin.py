"""What the commands about companies do: the same files that the running bot follows."""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.app.operator import by_hand
from bot.app.tenant_check import checking
from bot.app.tenant_clashes import clashes, doubts
from bot.app.tenant_folder import FOLDER, TenantFolder
from bot.app.tenant_import import Importing, Plan, carry_out, tried
from bot.app.tenant_list import Listed, kept, listed, meant
from bot.app.tenant_writing import Facts, pause, save, written
from bot.settings import Settings, SettingsError
from bot.settings.tenant_file import SECRETS, SUFFIX
from bot.store import Store
from bot.web.overview import Overview, overview


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The folder as it is now, and the store beside it; what is changed is noted there first, or else not done."""

    settings: Settings
    store: Store
    folder: TenantFolder
    path: Path

    async def add(self, facts: Facts) -> tuple[Path, Sequence[str]]:
        """Write a company that is not there yet, and say what of it may be a mistake.

        Raises SettingsError, StoreError and OSError.
        """
        file = self.path / f"{facts.name}{SUFFIX}"
        if file.exists() or facts.name in self.names():
            raise SettingsError([f"{facts.name} is there already: {file}"])
        files = written(facts)
        with tempfile.TemporaryDirectory(prefix="mailstatus-add-") as trial:
            tenant = tried(facts.name, files, Path(trial), self.folder)
        everybody = [*self.folder.tenants(), tenant]
        if lines := clashes(everybody, self.settings).get(facts.name):
            raise SettingsError(list(lines))
        await self._note([facts.name], "tenant add")
        save(self.path, facts.name, files)
        return file, doubts(everybody).get(facts.name, ())

    async def pause(self, name: str, *, paused: bool) -> bool:
        """Have a company paused, or go on; False where it was so already.

        Raises SettingsError, StoreError and OSError.
        """
        file = self._file(name)
        await self._note([file.stem], "tenant pause" if paused else "tenant resume")
        return pause(file, paused=paused)

    async def remove(self, name: str) -> Path:
        """Take a company's files away, and give the one that it was; raises SettingsError, StoreError and OSError."""
        file = self._file(name)
        await self._note([file.stem], "tenant remove")
        file.unlink()
        file.with_suffix(SECRETS).unlink(missing_ok=True)
        return file

    def plan(self, table: Path) -> Plan:
        """Find out what an import changes; raises SettingsError."""
        return Importing(folder=self.folder).planned(table)

    async def carry_out(self, plan: Plan, beat: Callable[[], None]) -> None:
        """Do what an import changes; raises StoreError and OSError."""
        await self._note([*plan.added, *plan.changed], "tenant import")
        carry_out(plan, self.path, beat=beat)

    async def listed(self, *, wanted: Sequence[str] = (), like: str = "*") -> Iterator[Listed]:
        """List the companies; raises StoreError."""
        return listed(self.folder, await kept(self.store), wanted=wanted, like=like)

    async def overview(self, now: datetime) -> Overview:
        """See what is open at all of them; raises StoreError."""
        watched = {one.name for one in self.folder.tenants() if not one.paused}
        async with self.store.read() as tx:
            found = [one for one in await tx.everybody.open_incidents() if one.tenant in watched]
        return overview(found, at=now, watched=len(watched))

    def names(self) -> list[str]:
        """Name everybody, those with a file that cannot be used too."""
        return sorted({*(one.name for one in self.folder.tenants()), *self.folder.companies_at_fault()})

    async def _note(self, names: Iterable[str], what: str) -> None:
        async with self.store.begin() as tx:
            for name in names:
                await tx.audit.note(name, by_hand(what))

    def _file(self, name: str) -> Path:
        file = self.path / f"{meant(name, self.names())}{SUFFIX}"
        if not file.is_file():
            raise SettingsError([f"{name} is in mailstatus.toml: change it there"])
        return file


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """Read the folder as the bot would; raises SettingsError and StoreError."""
    path = settings.environment.tenants
    if path is None:
        raise SettingsError([f"{FOLDER}: is not set: the folder of the companies' files. Example: {FOLDER}=tenants"])
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with await Store.open(settings.store_url) as store, checking(settings, store) as check:
        folder = TenantFolder(operator=settings, check=check)
        folder.look(at_once=True)
        yield Desk(settings=settings, store=store, folder=folder, path=path)
