"""Thousands of companies at once from a table: all of it, or nothing where one line is wrong."""

import csv
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeAlias

from bot.app.tenant_clashes import Said, clashes, doubts
from bot.app.tenant_folder import TenantFolder
from bot.app.tenant_writing import MARK, Facts, Written, is_paused, save, with_pause, written
from bot.app.tenants import Tenant
from bot.settings import SettingsError
from bot.settings.tenant_file import NAME, SECRETS, SUFFIX, read_tenant

COLUMNS = (*(one.name for one in fields(Facts)), "paused")
PAUSED: Mapping[str, bool | None] = {"": None, "yes": True, "true": True, "no": False, "false": False}
Row: TypeAlias = tuple[Sequence[str], Sequence[str]]
"""The names of the columns, and the cells of a line."""
MOST_BYTES = 64 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Plan:
    """What an import would do; nothing of it is done while there are faults."""

    faults: list[str] = field(default_factory=list)
    """One a faulty line, with its number."""
    doubts: list[str] = field(default_factory=list)
    """What may be meant and may be a mistake, the same way."""
    added: dict[str, Written] = field(default_factory=dict)
    changed: dict[str, Written] = field(default_factory=dict)
    unchanged: int = 0


@dataclass(slots=True, kw_only=True)
class Importing:
    """Reads a table line by line, each tried as the bot would read it."""

    folder: TenantFolder
    plan: Plan = field(default_factory=Plan)
    _lines: dict[str, int] = field(default_factory=dict)
    _tenants: dict[str, Tenant] = field(default_factory=dict)
    """Those of the table that are sound by themselves."""
    _faults: list[tuple[int, str]] = field(default_factory=list)

    def planned(self, table: Path) -> Plan:
        """Find out what a table changes; raises SettingsError where it is no such table."""
        with tempfile.TemporaryDirectory(prefix="mailstatus-import-") as trial:
            for number, row in _rows(table):
                try:
                    self._take(number, row, Path(trial))
                except SettingsError as error:
                    self._faults += [(number, line) for line in error.lines]
        after = self._after()
        self._faults += self._of_the_table(clashes(after, self.folder.operator))
        self.plan.faults = _numbered(self._faults)
        self.plan.doubts = _numbered(self._of_the_table(doubts(after)))
        return self.plan

    def _after(self) -> list[Tenant]:
        """Give everybody as they would be, so that two of the table may change places."""
        return [*(one for one in self.folder.tenants() if one.name not in self._lines), *self._tenants.values()]

    def _of_the_table(self, said: Said) -> list[tuple[int, str]]:
        """Leave out what is wrong between others: it was before."""
        return [(self._lines[name], line) for name, lines in said.items() if name in self._tenants for line in lines]

    def _take(self, number: int, row: Row, trial: Path) -> None:
        facts, paused = _facts(row)
        if facts.name in self._lines:
            raise SettingsError([f"{facts.name} stands in line {self._lines[facts.name]} already"])
        self._lines[facts.name] = number
        if self.folder.is_listed(facts.name):
            raise SettingsError([f"{facts.name} is in mailstatus.toml: change it there, or take it out there first"])
        known = _text(self.folder.path / f"{facts.name}{SUFFIX}")
        if known is not None and MARK not in known:
            raise SettingsError([f"{facts.name}{SUFFIX} was written by hand: change it there, or take it away first"])
        files = written(facts)
        if paused or (paused is None and known is not None and is_paused(known)):
            files = Written(toml=with_pause(files.toml, paused=True), secrets=files.secrets)
        self._tenants[facts.name] = tried(facts.name, files, trial, self.folder)
        _place(self.plan, facts.name, files, self.folder.path)


def _numbered(lines: Sequence[tuple[int, str]]) -> list[str]:
    return [f"line {number}: {line}" for number, line in sorted(lines)]


def carry_out(plan: Plan, folder: Path, *, beat: Callable[[], None]) -> None:
    """Write every file that is new or different; raises OSError."""
    for name, files in {**plan.added, **plan.changed}.items():
        save(folder, name, files)
        beat()


def _rows(table: Path) -> Iterator[tuple[int, Row]]:
    try:
        if table.stat().st_size > MOST_BYTES:
            raise SettingsError([f"{table}: is larger than {MOST_BYTES // 1024 // 1024} MB"])
        text = table.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError([f"{table}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError as error:
        example = f"iconv -f windows-1252 -t utf-8 {table.name}"
        raise SettingsError([f"{table}: is not UTF-8, from byte {error.start} on. Example: {example}"]) from None
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=_delimiter(lines))
    try:
        header = [one.strip().lower() for one in next(reader, [])]
        _known(header, table)
        for cells in reader:
            if any(one.strip() for one in cells):
                yield reader.line_num, (header, cells)
    except csv.Error as error:
        raise SettingsError([f"{table}: line {reader.line_num}: is not CSV: {error}"]) from None


def _delimiter(lines: Sequence[str]) -> str:
    first = lines[0] if lines else ""
    return ";" if first.count(";") > first.count(",") else ","


def _known(header: Sequence[str], table: Path) -> None:
    strange = [one for one in header if one not in COLUMNS]
    if "name" not in header or strange:
        why = f"has a column {strange[0]!r} that is not known" if strange else "has no column name in its first line"
        raise SettingsError([f"{table}: {why}. The columns are: {', '.join(COLUMNS)}"])


def _facts(row: Row) -> tuple[Facts, bool | None]:
    """Give a line's company, and whether it is to be paused; None where the line does not say."""
    header, cells = row
    if len(cells) > len(header):
        raise SettingsError([f"has {len(cells)} cells, and the first line names {len(header)}"])
    values = {key: cell.strip() for key, cell in zip(header, cells, strict=False)}
    paused = values.pop("paused", "").lower()
    if paused not in PAUSED:
        raise SettingsError([f"paused: {paused!r} is neither yes nor no"])
    return Facts(**values), PAUSED[paused]


def tried(name: str, files: Written, trial: Path, folder: TenantFolder) -> Tenant:
    """Read a company from a folder to try it in, as the bot would; raises SettingsError."""
    if not NAME.fullmatch(name):
        raise SettingsError([f"{name!r}: a name is to be of a-z, 0-9 and -. Example: contoso"])
    (trial / f"{name}{SECRETS}").write_text(files.secrets, encoding="utf-8")
    (trial / f"{name}{SUFFIX}").write_text(files.toml, encoding="utf-8")
    filed = read_tenant(trial / f"{name}{SUFFIX}", folder.operator)
    tenant = Tenant(name=name, settings=filed.settings, paused=filed.paused)
    folder.check(tenant)
    return tenant


def _place(plan: Plan, name: str, files: Written, folder: Path) -> None:
    known = _text(folder / f"{name}{SUFFIX}")
    if known is None:
        plan.added[name] = files
    elif (known, _text(folder / f"{name}{SECRETS}") or "") != (files.toml, files.secrets):
        plan.changed[name] = files
    else:
        plan.unchanged += 1


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
