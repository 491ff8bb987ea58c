"""Sees that a company's files changed, without reading them."""

import contextlib
import os
from collections.abc import Collection
from pathlib import Path
from typing import TypeAlias

from bot.settings.tenant_file import SECRETS, SUFFIX

File: TypeAlias = tuple[str, int, int, int, int]
"""Name, times, size and number of a file; the second time changes with who may read it, too."""
Stamp: TypeAlias = tuple[File, ...]
"""Of a company's file, of the one with its secrets, and of what is in its folder of secrets: any change shows."""


def stamped(folder: Path, secrets: Path | None) -> dict[str, Stamp]:
    """Give each company's stamp; raises OSError where the folder, or that of all secrets, cannot be read."""
    files = {one[0]: one for one in _files(folder)}
    names = {name.removesuffix(SUFFIX) for name in files if name.endswith(SUFFIX) and not name.startswith(".")}
    own = _folders(secrets, names) if secrets else {}
    return {
        name: (*(files[file] for file in (f"{name}{SUFFIX}", f"{name}{SECRETS}") if file in files), *own.get(name, ()))
        for name in names
    }


def _files(folder: Path | str) -> list[File]:
    found: list[File] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # gone since
                stat = entry.stat()
                found.append((entry.name, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino))
    return found


def _folders(secrets: Path, names: Collection[str]) -> dict[str, list[File]]:
    """Look into the folders that bear a company's name; most companies have none, and cost nothing."""
    with os.scandir(secrets) as entries:
        folders = [(entry.name, entry.path) for entry in entries if entry.name in names]
    found: dict[str, list[File]] = {}
    for name, path in folders:
        with contextlib.suppress(OSError):  # what cannot be read is said when the company is read
            found[name] = sorted(_files(path))
    return found
