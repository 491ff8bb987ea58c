"""The real process dies at every named step: nothing is lost, nothing is told twice."""

import asyncio
from pathlib import Path

from tests.chaos.cases import CALM, PLANTED, SHORT, Case
from tests.chaos.night import Outcome, Place, night
from tests.chaos.town import IT, OPS

SPEED = 8.0
"""Quick enough for the leases of the dead, and slow enough that ten minutes of the evening, after which news is told as history, are long."""
LIMIT_S = 300.0


async def test_a_process_that_dies_at_any_step_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """At each named step it is killed once; all evenings end as the one without trouble does.

    Beside them a message is forgotten and one doubled, which must be seen.
    """
    nights = [_night(tmp_path / str(number), case) for number, case in enumerate((CALM, PLANTED, *SHORT))]
    undisturbed, planted, *killed = await asyncio.gather(*nights)
    assert {one.partition(":")[0] for one in planted.verdict.lost} == {IT}
    assert {one.partition(":")[0] for one in planted.verdict.twice} == {OPS, "picture"}
    assert (undisturbed.kills, undisturbed.verdict.once) == (0, undisturbed.rings), undisturbed.verdict
    for case, outcome in zip(SHORT, killed, strict=True):
        assert outcome.kills == case.kills, case.name
        assert outcome.verdict.is_good, (case.name, outcome.verdict)
        assert outcome.incidents == undisturbed.incidents, case.name


async def _night(folder: Path, case: Case) -> Outcome:
    url = f"sqlite:///{folder / 'store.db'}"
    place = Place(folder=folder, store_url=url, speed=SPEED, limit_s=LIMIT_S, old=case.old, teams_bot=case.teams_bot)
    return await night(place, case.trouble)
