"""What any number of companies costs, by a line through some sizes, held against two others, and read out.

``python -m bench.scale.model FILE`` takes the lines that ``python -m bench.scale --quiet --save FILE`` added. The two
largest sizes are left out of the fit: it has to foretell them.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Line: TypeAlias = Mapping[str, Any]

MEASURES: Mapping[str, str] = {
    "bot_share": "cores of the bot",
    "database_share": "cores of PostgreSQL",
    "bot_memory": "MiB of the bot",
    "rows": "rows written a second",
    "polls": "reads of service health a second",
    "mails": "test messages a second",
    "database_bytes": "bytes in the database after the warm-up",
    "connections": "connections to the database",
}
HELD_OUT = 2
LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Fit:
    """A measure as a base and a part for each company."""

    base: float
    each: float

    def at(self, size: int) -> float:
        """Foretell a size."""
        return self.base + self.each * size


def fit(points: Sequence[tuple[float, float]]) -> Fit:
    """Lay the line that is nearest to all points, by least squares."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    each = sum((x - middle_x) * (y - middle_y) for x, y in points) / spread
    return Fit(middle_y - each * middle_x, each)


def report(lines: Sequence[Line]) -> list[str]:
    """Say what was foretold of the sizes that were left out, beside what was measured, and read the largest out."""
    by_size = sorted(lines, key=lambda line: line["size"])
    known, held = by_size[:-HELD_OUT], by_size[-HELD_OUT:]
    said = [f"fitted to {', '.join(str(line['size']) for line in known)} companies"]
    for name, unit in MEASURES.items():
        line = fit([(one["size"], one[name]) for one in known])
        said.append(f"{unit}: {line.base:.4g} + {line.each:.4g} a company; {line.at(LARGEST):.4g} at {LARGEST}")
        for one in held:
            off = line.at(one["size"]) / one[name] - 1
            said.append(f"  {one['size']}: foretold {line.at(one['size']):.4g}, measured {one[name]:.4g} ({off:+.0%})")
    return said


if __name__ == "__main__":
    print("\n".join(report([json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()])))
