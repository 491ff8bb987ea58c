"""A world whose mail is quicker than the real one, with settings for a bot to live in it."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app.clock import SystemClock
from bot.demo.clock import StoryClock
from bot.demo.world import World, world
from tests.end_to_end.process import write_settings
from tests.ports import free_port

START = datetime(2023, 7, 18, 5, tzinfo=UTC)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[World]:
    """Run the world, so that no test waits for its mail."""
    today = SystemClock().now()
    clock = StoryClock(START, speed=60)
    async with world(clock=clock, rng=random.Random(5), folder=tmp_path, today=today, tls=True) as opened:  # noqa: S311
        write_settings(opened.facts, tmp_path, free_port())
        yield opened
