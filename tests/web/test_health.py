from dataclasses import replace
from datetime import timedelta

import pytest

from bot.web.health import Beat, Condition, Health, alive, conditions, ready, stuck
from tests.web.examples import GOOD_HEALTH, NOW


def test_a_bot_whose_loops_come_round_is_alive_and_ready() -> None:
    assert alive(GOOD_HEALTH)
    assert ready(GOOD_HEALTH)


def test_a_loop_that_missed_its_deadline_is_named_and_the_bot_is_not_alive() -> None:
    late = Beat(loop="outbox", age=timedelta(minutes=2), deadline=timedelta(minutes=1))
    health = replace(GOOD_HEALTH, beats=(*GOOD_HEALTH.beats, late))
    assert stuck(health) == ("outbox",)
    assert not alive(health)
    assert not ready(health)


def test_a_task_that_stays_away_is_named_but_no_restart_of_the_process_would_mend_it() -> None:
    late = Beat(loop="tick", age=timedelta(minutes=3), deadline=timedelta(minutes=2), task=True)
    health = replace(GOOD_HEALTH, beats=(*GOOD_HEALTH.beats, late))
    assert stuck(health) == ("tick",)
    assert alive(health)
    assert not ready(health)


@pytest.mark.parametrize(
    ("health", "condition"),
    [
        pytest.param(replace(GOOD_HEALTH, store=False), Condition.STORE_DOWN, id="the store does not answer"),
        pytest.param(replace(GOOD_HEALTH, sees=False), Condition.CANNOT_SEE, id="no watcher brings anything"),
        pytest.param(replace(GOOD_HEALTH, hears=False), Condition.CANNOT_HEAR, id="Slack cannot reach us"),
        pytest.param(replace(GOOD_HEALTH, tells=False), Condition.CANNOT_TELL, id="no channel can be reached"),
        pytest.param(
            replace(GOOD_HEALTH, oldest=NOW - timedelta(minutes=6)), Condition.TELLING_LATE, id="a message waits long"
        ),
    ],
)
def test_a_bot_that_does_not_do_its_work_is_alive_but_not_ready(health: Health, condition: Condition) -> None:
    assert alive(health)
    assert not ready(health)
    assert [one for one, holds in conditions(health).items() if holds] == [condition]


def test_a_message_that_waits_a_moment_is_no_reason() -> None:
    assert ready(replace(GOOD_HEALTH, oldest=NOW - timedelta(minutes=4), waiting=3))
