"""Chance that is the same each time."""

from random import Random


def seeded(seed: int) -> Random:
    """Give a source of chance."""
    return Random(seed)  # noqa: S311 - a test wants the same each time


CHANCE = seeded(1)
