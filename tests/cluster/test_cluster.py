"""Several real processes on one PostgreSQL: one is killed, one is cut off, one is brought up to date."""

from pathlib import Path

import pytest

from tests.chaos.oracle import Verdict
from tests.cluster.newer import NEWER
from tests.cluster.trial import STOP_S, Outcome, Plan, trial
from tests.cluster.troubles import one_of_each
from tests.store.postgres import Postgres

SHORT = Plan(tenants=6, strands=1, spread_s=10.0, limit_s=240.0)


async def test_workers_that_die_and_are_cut_off_leave_nobody_alone(tmp_path: Path, postgres: Postgres) -> None:
    """Nothing is lost, nothing told twice, and no tenant unwatched for half a minute; a stop takes ten seconds.

    One of them is of a newer version in the end, which changed the tables while the others went on.
    """
    outcome = await trial(tmp_path / "city", postgres, SHORT, one_of_each)
    assert outcome.is_good, (outcome, outcome.log)
    assert (outcome.ends, outcome.lapses) == (2, 1)
    assert outcome.verdict.once == outcome.rings
    assert outcome.revision == NEWER


@pytest.mark.parametrize(
    ("stops_s", "is_good"),
    [
        pytest.param([1.4, 0.9], True, id="quick ones"),
        pytest.param([1.4, STOP_S + 0.1], False, id="a slow one among them"),
        pytest.param([], False, id="none, which shows nothing"),
    ],
)
def test_a_trial_is_good_where_every_stop_was_quick(stops_s: list[float], is_good: bool) -> None:  # noqa: FBT001 - a row
    """And where there was one."""
    outcome = Outcome(
        verdict=Verdict(once=1), rings=1, unwatched_s=0.0, ends=1, stops_s=stops_s, revision=NEWER, lapses=0, log=[]
    )
    assert outcome.is_good is is_good
