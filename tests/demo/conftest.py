"""What the tests of the world in a box share."""

import random
import time
from datetime import UTC, datetime

import pytest

from bot.demo.authority import Authority, make_authority
from bot.demo.clock import StoryClock

NOON = datetime(2023, 7, 17, 12, tzinfo=UTC)
TODAY = datetime.fromtimestamp(time.time(), UTC)
"""Real time: certificates are good by nothing else."""


@pytest.fixture
def clock() -> StoryClock:
    """Give a story so fast that no test waits for it."""
    return StoryClock(NOON, speed=3600)


@pytest.fixture
def rng() -> random.Random:
    """Give chance that is the same each time."""
    return random.Random(1)  # noqa: S311  a test wants the same each time


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make one authority for all tests; good from today."""
    return make_authority(tmp_path_factory.mktemp("authority"), today=TODAY)
