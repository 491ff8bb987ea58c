"""Trouble that is open: a noisy day does not keep it so."""

import numpy as np
import pytest

from bot.detect.family import Trouble
from bot.detect.flights import BAD, GOOD
from bot.detect.trouble import FADED_BAD, FADED_OF, Open


@pytest.mark.parametrize(
    ("bad", "good", "faded"),
    [
        pytest.param(FADED_BAD, FADED_OF - FADED_BAD, True, id="as few as on a noisy day"),
        pytest.param(FADED_BAD + 1, FADED_OF - FADED_BAD - 1, False, id="a fault that hits few"),
        pytest.param(0, FADED_OF // 2, False, id="too few messages to say so"),
    ],
)
def test_a_trouble_has_faded_when_hardly_any_of_many_messages_is_bad(bad: int, good: int, *, faded: bool) -> None:
    """What was bad at its beginning does not count for ever."""
    trouble = Open(Trouble.BOUNCING, 0, "1.1", "1", 0.0, 60.0, 12.0)
    beginning = [] if good < FADED_OF // 2 + 1 else [2 * BAD] * 30
    assert trouble._has_faded(np.array([*beginning, *[GOOD / 2] * good, *[2 * BAD] * bad])) is faded
