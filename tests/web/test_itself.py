from dataclasses import replace
from datetime import timedelta

import pytest

from bot.types import Text
from bot.web.health import Beat, ClockSet, Health, Mouth, Outward
from bot.web.itself import itself
from bot.web.ways import State
from bot.words import catalogue
from bot.words import text as flat
from bot.words.page import PageWords
from tests.web.examples import GOOD_HEALTH, NOW, at

WORDS = PageWords(catalogue("en"))
FULL = (
    "What we see cannot be saved since Jul 18 08:00 UTC. We keep it meanwhile, and tell of it afterwards. "
    "store: database or disk is full"
)
WELL = replace(GOOD_HEALTH, mouths=(Mouth(name="ops"),), outward=Outward(taken=NOW))


def said(health: Health) -> list[tuple[State, str, str]]:
    def plain(says: Text) -> str:
        return flat(says, WORDS.catalogue)

    return [(one.state, one.name, plain(one.says)) for one in itself(health, WORDS)]


def test_a_bot_that_is_well_says_so_part_by_part() -> None:
    assert said(WELL) == [
        (State.OK, "Its work", "Everything in it runs."),
        (State.OK, "Its memory", "What we see is saved."),
        (State.OK, "Channel ops", "Takes our messages."),
        (State.OK, "Who watches mailstatus", "Heard from us at 08:41 UTC."),
    ]


@pytest.mark.parametrize(
    ("health", "line"),
    [
        pytest.param(
            replace(WELL, beats=(Beat(loop="jobs", age=timedelta(minutes=3), deadline=timedelta(minutes=2)),)),
            (State.BLIND, "Its work", "Not running now, and begun anew by itself: jobs."),
            id="a loop hangs",
        ),
        pytest.param(
            replace(WELL, beats=(Beat(loop="jobs", age=timedelta(), deadline=timedelta(minutes=2), restarts=2),)),
            (State.OK, "Its work", "Everything in it runs. Begun anew since the start: jobs (2)."),
            id="a loop was begun anew",
        ),
        pytest.param(
            replace(WELL, blocked=2, blocked_for=timedelta(seconds=14)),
            (
                State.OK,
                "Standstills",
                "Since the start it stood still 2 times, 14 seconds at the longest. It goes on by itself.",
            ),
            id="the event loop was held up",
        ),
        pytest.param(
            replace(WELL, clock_set=ClockSet(at=at(18, 8), by=timedelta(hours=3))),
            (
                State.OK,
                "The machine's clock",
                "It jumped forward by 3 hours at Jul 18 08:00 UTC. Ages that are shown may be wrong around that time.",
            ),
            id="the clock jumped forward",
        ),
        pytest.param(
            replace(WELL, clock_set=ClockSet(at=at(18, 8), by=timedelta(hours=-3))),
            (
                State.OK,
                "The machine's clock",
                "It jumped back by 3 hours at Jul 18 08:00 UTC. Ages that are shown may be wrong around that time.",
            ),
            id="the clock jumped back",
        ),
        pytest.param(
            replace(WELL, store=False, unsaved_since=at(18, 8), store_error="store: database or disk is full"),
            (
                State.BLIND,
                "Its memory",
                FULL,
            ),
            id="the disk is full",
        ),
        pytest.param(
            replace(WELL, mouths=(Mouth(name="ops", error="channel_not_found"),)),
            (State.BLIND, "Channel ops", "Did not take our last message. channel_not_found"),
            id="a channel is gone",
        ),
        pytest.param(
            replace(WELL, outward=Outward(taken=at(18, 8), error="answered HTTP 404")),
            (
                State.BLIND,
                "Who watches mailstatus",
                "Has heard nothing from us since Jul 18 08:00 UTC. answered HTTP 404",
            ),
            id="the heartbeat is not taken any more",
        ),
        pytest.param(
            replace(WELL, outward=Outward(taken=None)),
            (State.UNKNOWN, "Who watches mailstatus", "Has not heard from us yet."),
            id="the heartbeat was not sent yet",
        ),
    ],
)
def test_what_is_not_well_is_said_plainly(health: Health, line: tuple[State, str, str]) -> None:
    assert line in [(state, name, says.strip()) for state, name, says in said(health)]


def test_nobody_outside_is_spoken_of_where_the_settings_name_nobody() -> None:
    assert len(said(replace(WELL, outward=None))) == 3
