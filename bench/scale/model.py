"""What any number of companies costs, by a curve through some sizes, held against two others, and read out.

``python -m bench.scale.model FILE SIZE SIZE`` takes the lines that ``python -m bench.scale --save FILE`` added. The two
sizes are left out of the fit: it has to foretell them. 100,000 companies are so many workers of the largest size.
"""

import json
import math
import sys
from collections.abc import Collection, Mapping, Sequence
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
LARGEST = 100_000
LEAST = 1e-9
"""What costs no more than the smallest size does."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A measure as what a few companies cost, and a part beyond that grows as a power of their number."""

    base: float
    each: float
    power: float

    def at(self, size: int) -> float:
        """Foretell a size."""
        return self.base + self.each * size**self.power


def fit(points: Sequence[tuple[int, float]]) -> Fit:
    """Lay the curve that is nearest to all sizes but the smallest, which is the base, by least squares of logarithms.

    Many cost less a company than few, as what they save at the same time is saved together: the power is below 1 then.
    """
    (_, base), *others = sorted(points)
    if any(y - base <= LEAST for _, y in others):
        return Fit(base, 0.0, 1.0)
    logs = [(math.log(x), math.log(y - base)) for x, y in others]
    middle_x, middle_y = (sum(one) / len(logs) for one in zip(*logs, strict=True))
    spread = sum((x - middle_x) ** 2 for x, _ in logs)
    power = sum((x - middle_x) * (y - middle_y) for x, y in logs) / spread
    return Fit(base, math.exp(middle_y - power * middle_x), power)


def report(lines: Sequence[Line], held: Collection[int]) -> list[str]:
    """Say what was foretold of the sizes that were left out, beside what was measured, and read the largest out."""
    known = [line for line in lines if line["size"] not in held]
    largest = max(line["size"] for line in lines)
    said = [f"fitted to {', '.join(str(line['size']) for line in known)} companies"]
    for name, unit in MEASURES.items():
        curve = fit([(one["size"], one[name]) for one in known])
        many = curve.at(largest) * LARGEST / largest
        said.append(f"{unit}: {curve.base:.4g} + {curve.each:.4g} x size^{curve.power:.2f}; {many:.4g} at {LARGEST}")
        for one in (line for line in lines if line["size"] in held):
            off = curve.at(one["size"]) / one[name] - 1
            said.append(f"  {one['size']}: foretold {curve.at(one['size']):.4g}, measured {one[name]:.4g} ({off:+.0%})")
    return said


if __name__ == "__main__":
    file, *sizes = sys.argv[1:]
    print("\n".join(report([json.loads(line) for line in Path(file).read_text().splitlines()], set(map(int, sizes)))))
