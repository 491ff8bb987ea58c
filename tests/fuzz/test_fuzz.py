import pytest

from tests.fuzz.harness import feed
from tests.fuzz.readers import READERS

SWELL = (100, 100, 100, 100, 100, 100, 100, 1500)
"""In bytes: most inputs are as long as real ones, some are swollen; ``make fuzz`` feeds the large ones."""


@pytest.mark.parametrize("name", READERS)
def test_broken_inputs_are_read_or_refused(name: str) -> None:
    """A thousand of the million that ``make fuzz`` feeds, the same each time; none slow, none hungry."""
    feed(name, READERS[name], 1000, seed=1, swell=SWELL)


@pytest.mark.parametrize("name", READERS)
def test_sound_inputs_are_among_the_seeds(name: str) -> None:
    """What is broken was sound before."""
    with READERS[name].opened() as read:
        for seed in READERS[name].seeds:
            read(seed)
