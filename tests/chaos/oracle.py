"""What people should have read against what they could read: pure, and blind to how the bot keeps its books."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

BORNE = 2
"""So often may a ring be told where nobody can look whether it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Something that every destination is to be told, known by its words."""

    name: str
    says: str
    """A pattern that is in no other ring's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What went wrong, as ``destination: ring``; all empty is as it should be."""

    once: int = 0
    lost: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    """Told once more where nobody can look whether it arrived."""
    stray: tuple[str, ...] = ()
    """Texts that nobody was to be told."""

    @property
    def is_good(self) -> bool:
        """Tell whether each ring arrived once, or once more where it cannot be known."""
        return not (self.lost or self.twice or self.stray)


def judge(
    rings: Sequence[Ring], heard: Mapping[str, Sequence[str]], *, unsure: Collection[str] = frozenset()
) -> Verdict:
    """Compare with the texts that stand at each destination.

    ``unsure`` are destinations where nobody can look and a try ended in a way that leaves open whether it arrived: what
    is told once more there is right, a third time is not.
    """
    lost, twice, again, stray, once = list[str](), list[str](), list[str](), list[str](), 0
    for destination, texts in heard.items():
        told = [_rings_in(text, rings) for text in texts]
        stray += [f"{destination}: {text}" for text, names in zip(texts, told, strict=True) if not names]
        counts = Counter(name for names in told for name in names)
        for ring in rings:
            where, count = f"{destination}: {ring.name}", counts[ring.name]
            once += count == 1
            lost += [where] * (count == 0)
            again += [where] * (count == BORNE and destination in unsure)
            twice += [where] * (count > (BORNE if destination in unsure else 1))
    return Verdict(once=once, lost=tuple(lost), twice=tuple(twice), again=tuple(again), stray=tuple(stray))


def _rings_in(text: str, rings: Sequence[Ring]) -> list[str]:
    """Name the rings that a text tells of: one, or several where what waited was told together."""
    return [ring.name for ring in rings for _ in re.finditer(ring.says, text)]
