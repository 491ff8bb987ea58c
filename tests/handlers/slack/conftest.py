"""Somebody else's Slack, started once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest

from bot.store import Store
from tests import kits
from tests.handlers.examples import IMPATIENT, PATIENT
from tests.handlers.slack.channel import Channel, channel
from tests.ports import free_port

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def emulate() -> Iterator[str]:
    """Serve npm's ``emulate`` on loopback for all tests; gives its address."""
    port = free_port()
    serving = kits.serving("emulate.mjs", str(port), port=port)
    with asyncio.Runner() as runner:
        runner.run(serving.__aenter__())
        yield f"http://127.0.0.1:{port}"
        runner.run(serving.__aexit__(None, None, None))


@pytest.fixture
async def it(emulate: str, sqlite_store: Store, request: pytest.FixtureRequest) -> AsyncIterator[Channel]:
    """Open a fresh channel; who tries out what breaks has no patience, and who counts calls has enough of it."""
    limit = IMPATIENT if hasattr(request.node, "callspec") else PATIENT
    async with channel(emulate, sqlite_store, f"it-{next(_NUMBERS)}", limit=limit) as opened:
        yield opened
