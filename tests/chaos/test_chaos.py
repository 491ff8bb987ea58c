"""The real process dies at every named step: nothing is lost, nothing is told twice."""

import asyncio
from pathlib import Path

from tests.chaos.night import Outcome, Place, Trouble, night
from tests.chaos.troubles import SHORT, calm, dying_at

SPEED = 20.0
LIMIT_S = 300.0


async def test_a_process_that_dies_over_a_message_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """At each step of telling it is killed once; all evenings end as the one without trouble does."""
    troubles = [calm, *(dying_at(*traps) for traps in SHORT.values())]
    nights = [_night(tmp_path / str(number), trouble) for number, trouble in enumerate(troubles)]
    undisturbed, *killed = await asyncio.gather(*nights)
    assert (undisturbed.kills, undisturbed.verdict.once) == (0, undisturbed.rings), undisturbed.verdict
    for (name, traps), outcome in zip(SHORT.items(), killed, strict=True):
        assert outcome.kills == len(traps), name
        assert outcome.verdict.is_good, (name, outcome.verdict)
        assert outcome.incidents == undisturbed.incidents, name


async def _night(folder: Path, trouble: Trouble) -> Outcome:
    return await night(
        Place(folder=folder, store_url=f"sqlite:///{folder / 'store.db'}", speed=SPEED, limit_s=LIMIT_S), trouble
    )
