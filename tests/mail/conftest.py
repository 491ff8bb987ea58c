"""Real mail servers, run once for all tests that want them."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.mail import rig
from tests.mail.proxy import Proxy
from tests.mail.real import World


@pytest.fixture(scope="session")
def servers() -> Iterator[rig.Rig]:
    """Run both servers once for all tests."""
    with rig.running() as real:
        yield real


@pytest.fixture
async def world(servers: rig.Rig) -> AsyncIterator[World]:
    """Put a proxy before the real servers."""
    async with Proxy(servers.smtp) as proxy:
        yield World(servers, proxy)
