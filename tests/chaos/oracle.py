"""What people should have read against what they could read: pure, and blind to how the bot keeps its books."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Something that every destination is to be told, known by its words."""

    name: str
    says: str
    """A pattern that is in no other ring's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A text that stands at a destination."""

    text: str
    unsure: bool = False
    """Whether the try that brought it was cut off, and the platform lets nobody look: it may come once more."""


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


def judge(rings: Sequence[Ring], heard: Mapping[str, Sequence[Told]], *, notices: str = "(?!)") -> Verdict:
    """Compare with the texts that stand at each destination, oldest first.

    A ring is told again only where the last text that told it was left unsure. ``notices`` is a pattern of texts about
    the destination itself, which belong to no ring.
    """
    lost, twice, again, stray, once = list[str](), list[str](), list[str](), list[str](), 0
    for destination, texts in heard.items():
        told = [(_rings_in(one.text, rings), one.unsure) for one in texts]
        stray += [
            f"{destination}: {one.text}"
            for one, (names, _) in zip(texts, told, strict=True)
            if not names and not re.search(notices, one.text)
        ]
        for ring in rings:
            where = f"{destination}: {ring.name}"
            unsure = [was_unsure for names, was_unsure in told for name in names if name == ring.name]
            once += len(unsure) == 1
            lost += [where] * (not unsure)
            again += [where] * (len(unsure) > 1 and all(unsure[:-1]))
            twice += [where] * (not all(unsure[:-1]))
    return Verdict(once=once, lost=tuple(lost), twice=tuple(twice), again=tuple(again), stray=tuple(stray))


def _rings_in(text: str, rings: Sequence[Ring]) -> list[str]:
    """Name the rings that a text tells of: one, or several where what waited was told together."""
    return [ring.name for ring in rings for _ in re.finditer(ring.says, text)]
