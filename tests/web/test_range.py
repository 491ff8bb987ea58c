from datetime import timedelta

import pytest

from bot.web.range import RANGES, Range
from tests.web.examples import NOW


@pytest.mark.parametrize("wanted", RANGES.values(), ids=RANGES)
def test_a_range_ends_on_the_full_step_that_holds_now(wanted: Range) -> None:
    until = wanted.until(NOW)
    assert until - wanted.step <= NOW < until
    assert until - wanted.since(NOW) == wanted.length


@pytest.mark.parametrize("wanted", RANGES.values(), ids=RANGES)
def test_a_moment_later_the_steps_are_the_same(wanted: Range) -> None:
    assert wanted.since(NOW) == wanted.since(NOW + timedelta(seconds=30))


@pytest.mark.parametrize("wanted", RANGES.values(), ids=RANGES)
def test_no_range_has_more_points_than_a_screen_can_show(wanted: Range) -> None:
    assert 60 <= wanted.length / wanted.step <= 200
