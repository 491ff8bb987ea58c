"""What processes use, read from the kernel."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")
MEBI = 2**20


@dataclass(frozen=True, slots=True)
class Use:
    """Seconds of processors' time since they began, and bytes in memory now, shared pages counted in parts."""

    seconds: float
    memory: float

    @classmethod
    def of(cls, *pids: int) -> Self:
        """Read what processes use together with all their children."""
        seconds = memory = 0.0
        for pid in _with_children(pids):
            try:
                seconds += _seconds(pid)
                memory += _memory(pid)
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
        return cls(seconds, memory)


def load() -> str:
    """Say how busy the machine is with everything that runs on it."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _with_children(pids: tuple[int, ...]) -> set[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, left = set(pids), [*pids]
    while left:
        children = parents.get(left.pop(), [])
        found.update(children)
        left += children
    return found


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024.0
    return 0.0
