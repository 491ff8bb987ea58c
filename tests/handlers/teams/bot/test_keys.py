"""Strangers' tokens do not make us ask Microsoft for keys again and again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import jwt
import pytest

from bot.demo.chat.connector import KEYS, connector_error
from handlers.teams.bot.keys import FAILED_SECONDS, Keys
from tests.handlers.teams.bot.rig import TENANT, Rig, rig

MANY = 20


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Rig]:
    """Serve a bot."""
    async with rig(tmp_path) as made:
        yield made


async def statuses(bot: Rig, *tokens: str) -> set[int]:
    """Try tokens one after the other; give the statuses that came of it."""
    return {(await bot.deliver(bot.activity(id=str(n)), token=f"Bearer {one}")).status for n, one in enumerate(tokens)}


async def test_many_unknown_key_ids_are_one_fetch(bot: Rig) -> None:
    """The rest is refused without one, and whoever has an honest token is let in meanwhile."""
    strangers = [bot.signer.token(bot.url, kid=f"stranger-{n}") for n in range(MANY)]
    assert await statuses(bot, *strangers) == {401}
    assert bot.teams.keys_asked == 1
    assert (await bot.deliver(bot.activity())).status == 200
    assert bot.teams.keys_asked == 1


async def test_a_token_of_entra_is_refused_without_a_fetch(bot: Rig) -> None:
    """Each could name a tenant of its own, whose keys would be asked for; Teams signs with the connector's."""
    issuers = [f"{bot.url}/{TENANT[:-2]}{n}/v2.0" for n in range(10, 10 + MANY)]
    strangers = [bot.signer.token(bot.url, iss=one, tid=one.split("/")[-2]) for one in issuers]
    assert await statuses(bot, *strangers) == {401}
    assert bot.teams.keys_asked == 1


async def test_keys_that_cannot_be_had_are_not_asked_for_by_each_token(bot: Rig) -> None:
    """One try, and then none for a while."""
    bot.teams.faults.switch_on(connector_error(500, "InternalServerError"), path=KEYS, times=1)
    assert await statuses(bot, *[bot.signer.token(bot.url)] * MANY) == {503}
    assert bot.teams.keys_asked == 0


async def test_keys_are_asked_for_again_after_a_rest(bot: Rig) -> None:
    """Else a moment's trouble would keep everybody out."""
    now = 0.0
    keys = Keys(f"{bot.url}{KEYS}", now=lambda: now)
    bot.teams.faults.switch_on(connector_error(500, "InternalServerError"), path=KEYS, times=1)
    for _ in range(2):
        with pytest.raises(jwt.PyJWKClientConnectionError):
            await asyncio.to_thread(keys.get_signing_key, "1")
    now += FAILED_SECONDS
    assert (await asyncio.to_thread(keys.get_signing_key, "1")).key_id == "1"
