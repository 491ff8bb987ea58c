from datetime import timedelta

import pytest

from bot.app.loop_news import loop_news
from bot.types import SightObservation, SourceBack, SourceBlind, SourceNow
from bot.web.health import Beat
from tests.web.examples import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FINE = Beat(loop="jobs", age=MINUTE, deadline=2 * MINUTE)
HANGS = Beat(loop="jobs", age=3 * MINUTE, deadline=2 * MINUTE, error="OSError: no")
TASK = Beat(loop="tick", age=HOUR, deadline=MINUTE, task=True)
BLIND = SourceBlind(at=NOW, source="loop:jobs", error="OSError: no", tenant="acme")
BACK = SourceBack(at=NOW, source="loop:jobs", tenant="acme")


def over(ago: timedelta, length: timedelta) -> SourceNow:
    end = NOW - ago
    return SourceNow(source="loop:jobs", last_read=end, was_blind_since=end - length)


STUCK = SourceNow(source="loop:jobs", blind_since=NOW - HOUR)
FEED = SourceNow(source="microsoft", blind_since=NOW - HOUR)


@pytest.mark.parametrize(
    ("beat", "source", "news"),
    [
        pytest.param(FINE, FEED, [], id="a loop that comes round is no news"),
        pytest.param(HANGS, FEED, [BLIND], id="one that hangs is"),
        pytest.param(HANGS, STUCK, [], id="but only once"),
        pytest.param(FINE, STUCK, [BACK], id="and when it comes round again"),
        pytest.param(FINE, over(HOUR, HOUR), [], id="which is no news afterwards"),
        pytest.param(HANGS, over(HOUR, HOUR), [], id="the same day it is not told of again"),
        pytest.param(HANGS, over(25 * HOUR, HOUR), [BLIND], id="the next day it is"),
        pytest.param(HANGS, over(HOUR, 5 * MINUTE), [BLIND], id="what was too short to be told holds nothing back"),
        pytest.param(TASK, FEED, [], id="a task waits for the store, which is told of as such"),
    ],
)
def test_what_is_told_of_loops(beat: Beat, source: SourceNow, news: list[SightObservation]) -> None:
    assert loop_news([beat], [source], NOW, tenant="acme", told_after=25 * MINUTE) == news
