"""What people should have read against what they could read: pure, and blind to how the bot keeps its books."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    """One sentence or more a line."""
    unsure: bool = False
    """Whether the try that brought it was cut off, and the platform lets nobody look: it may come once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asides:
    """Patterns of what is no copy of a ring: lines that ask whether one arrived, and texts about the channel itself."""

    asks: str = "(?!)"
    notices: str = "(?!)"


NONE = Asides()
COPIES_MOST = 2


WRONGS = ("lost", "twice", "again", "asked", "stray")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What went wrong, as ``destination: ring``; all empty is as it should be."""

    once: int = 0
    lost: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    """Told once more where nobody can look whether it arrived."""
    asked: tuple[str, ...] = ()
    """Told in no message of its own, but by a line that asks whether it arrived."""
    stray: tuple[str, ...] = ()
    """Texts that nobody was to be told."""

    @property
    def is_good(self) -> bool:
        """Tell whether each ring arrived once, or once more where it cannot be known, and none not at all."""
        return not (self.lost or self.twice or self.stray)


def judge(rings: Sequence[Ring], heard: Mapping[str, Sequence[Told]], asides: Asides = NONE) -> Verdict:
    """Compare with the texts that stand at each destination, oldest first.

    A ring is told again only where the text that told it was left unsure, and never a third time.
    """
    return summed([_judge_one(name, rings, texts, asides) for name, texts in heard.items()])


def summed(verdicts: Sequence[Verdict]) -> Verdict:
    """Put verdicts together."""
    sums = {what: tuple(one for each in verdicts for one in getattr(each, what)) for what in WRONGS}
    return Verdict(once=sum(each.once for each in verdicts), **sums)


def judge_pictures(ring: Ring, shown: Sequence[tuple[str, str]]) -> Verdict:
    """Compare with the pictures that stand in a channel, each by its file's name and the text that it stands below.

    None is there twice, and the ring's own is there.
    """
    copies = Counter(name for name, _ in shown)
    is_there = any(re.search(ring.says, text) for _, text in shown)
    return Verdict(
        lost=() if is_there else (f"picture: {ring.name}",),
        twice=tuple(f"picture: {name}" for name, many in copies.items() if many > 1),
    )


def _judge_one(destination: str, rings: Sequence[Ring], texts: Sequence[Told], asides: Asides) -> Verdict:
    """Judge what stands at one destination."""
    copies = [(_rings_in(one.text, rings, asides, asking=False), one.unsure) for one in texts]
    asked = {name for one in texts for name in _rings_in(one.text, rings, asides, asking=True)}
    unsure = {ring.name: [was for names, was in copies for name in names if name == ring.name] for ring in rings}
    forgiven = {name for name, each in unsure.items() if all(each[:-1]) and len(each) <= COPIES_MOST}

    def named(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(f"{destination}: {name}" for name in names)

    return Verdict(
        once=sum(len(each) == 1 for each in unsure.values()),
        lost=named(name for name, each in unsure.items() if not each and name not in asked),
        asked=named(name for name, each in unsure.items() if not each and name in asked),
        twice=named(name for name in unsure if name not in forgiven),
        again=named(name for name, each in unsure.items() if len(each) > 1 and name in forgiven),
        stray=named(
            one.text
            for one, (names, _) in zip(texts, copies, strict=True)
            if not (names or re.search(asides.asks, one.text) or re.search(asides.notices, one.text))
        ),
    )


def _rings_in(text: str, rings: Sequence[Ring], asides: Asides, *, asking: bool) -> list[str]:
    """Name the rings that a text tells of, or asks about: one, or several where what waited was told together."""
    lines = "\n".join(line for line in text.splitlines() if bool(re.search(asides.asks, line)) is asking)
    return [ring.name for ring in rings for _ in re.finditer(ring.says, lines)]
