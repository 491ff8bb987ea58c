"""What was fed to a reader so far, on disk, so that a run of hours can be ended and go on."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = Path("build/fuzz")
"""Delete it to begin anew, as after a change of what reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """So many broken inputs, made by one seed, of which none was a crash."""

    seed: int
    inputs: int
    seconds: float
    """Of the processor."""
    slowest: float
    """Seconds of the processor that the slowest input took."""
    megabytes: float
    """The most that the process ever held."""


class Progress:
    """One reader's slices, a line each; a line that was cut off in the middle counts for nothing."""

    def __init__(self, path: Path) -> None:
        """Read what was done before."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text().splitlines() if path.exists() else []
        self.done = {one.seed: one for one in map(_slice, lines) if one}

    def add(self, one: Slice) -> None:
        """Keep a slice that is through."""
        self.done[one.seed] = one
        with self._path.open("a") as file:
            file.write(f"{json.dumps(asdict(one))}\n")

    def left(self, how_many: int, size: int) -> Iterable[tuple[int, int]]:
        """Give seed and size of the slices that are not done yet."""
        whole, rest = divmod(how_many, size)
        sizes = [size] * whole + [rest] * bool(rest)
        fed = {seed: one.inputs for seed, one in self.done.items()}
        return [(seed, inputs) for seed, inputs in enumerate(sizes, 1) if fed.get(seed, 0) < inputs]


def _slice(line: str) -> Slice | None:
    try:
        return Slice(**json.loads(line))
    except (ValueError, TypeError):
        return None
