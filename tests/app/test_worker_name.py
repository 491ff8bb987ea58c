"""A worker that begins anew is whom it was; two at once are never the same."""

import random
from pathlib import Path

from bot.app.worker_name import worker_name

CHANCE = random.Random(1)  # noqa: S311 - the same each time


def test_a_worker_keeps_its_name_over_a_restart(tmp_path: Path) -> None:
    """What it held is its own again before the leases end."""
    with worker_name(tmp_path, CHANCE) as before:
        pass
    with worker_name(tmp_path, CHANCE) as after:
        assert after == before


def test_two_at_once_have_names_of_their_own(tmp_path: Path) -> None:
    """Neither takes the other for its own past."""
    with worker_name(tmp_path, CHANCE) as one, worker_name(tmp_path, CHANCE) as two:
        assert one != two
    with worker_name(tmp_path, CHANCE) as again:
        assert again == one
