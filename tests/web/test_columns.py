from datetime import timedelta

from bot.types import Direction
from bot.web.chart import Delays, Mark, Span
from bot.web.columns import columns
from bot.web.history import DelayPoint
from bot.words.catalogue import catalogue
from bot.words.page import PageWords
from tests.web.examples import at

WORDS = PageWords(catalogue("en"))


def test_each_direction_has_one_value_a_time_and_null_where_it_has_none() -> None:
    delays = Delays(
        since=at(18, 8),
        until=at(18, 9),
        step=timedelta(minutes=10),
        points=(
            DelayPoint(at=at(18, 8), direction=Direction.OUTBOUND, arrived=3, median=timedelta(seconds=4)),
            DelayPoint(at=at(18, 8, 10), direction=Direction.INBOUND, failed=2),
        ),
    )
    told = columns(delays, WORDS)
    assert told["times"] == [at(18, 8, 5).timestamp(), at(18, 8, 15).timestamp()]
    assert told["directions"] == [
        {
            "key": "outbound",
            "name": "Outgoing mail",
            "median": [4.0, None],
            "worst": [None, None],
            "arrived": [3, None],
            "failed": [0, None],
        },
        {
            "key": "inbound",
            "name": "Incoming mail",
            "median": [None, None],
            "worst": [None, None],
            "arrived": [None, 0],
            "failed": [None, 2],
        },
    ]


def test_trouble_that_lasts_has_no_end() -> None:
    delays = Delays(
        since=at(18, 8),
        until=at(18, 9),
        step=timedelta(minutes=10),
        spans=(Span(start=at(18, 8), end=None), Span(start=at(18, 8), end=at(18, 8, 30))),
        marks=(Mark(at=at(18, 8), label="EX1"),),
    )
    told = columns(delays, WORDS)
    assert told["spans"] == [[at(18, 8).timestamp(), None], [at(18, 8).timestamp(), at(18, 8, 30).timestamp()]]
    assert told["marks"] == [[at(18, 8).timestamp(), "EX1"]]
