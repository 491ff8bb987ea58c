import random

import pytest

from tests.mail.fuzz import READERS, broken


@pytest.mark.parametrize("name", READERS)
def test_broken_inputs_are_read_without_a_crash(name: str) -> None:
    """A few of the million that ``make fuzz`` feeds, the same each time."""
    reader, chance = READERS[name], random.Random(name)  # noqa: S311  # the same each time
    for _ in range(300):
        reader.read(broken(chance, reader.seeds))


@pytest.mark.parametrize("name", READERS)
def test_sound_inputs_are_among_the_seeds(name: str) -> None:
    """What is broken was sound before."""
    for seed in READERS[name].seeds:
        READERS[name].read(seed)
