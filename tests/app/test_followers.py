"""Companies whose mailboxes have the same name, followed by one process."""

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from bot.app.eyes import Eyes
from bot.app.followers import DEADLINE, Followers
from bot.app.loops import Loop, Loops
from bot.types import Observation
from bot.watch import Canary, Tools
from tests.demo.loops import without_waiting
from tests.mail.worlds import SEAL, StillClock, chance


class Box:
    """A mailbox that answers a look every second, or none."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self.begun = 0

    async def follow(self) -> AsyncGenerator[Sequence[Observation], None]:
        self.begun += 1
        while True:
            await (asyncio.sleep(1) if self.answers else asyncio.Event().wait())
            yield ()


def following(tenant: str, box: Any) -> Sequence[Loop]:  # noqa: ANN401 - stands for a mailbox
    async def take(_: str, __: Sequence[Observation]) -> None:
        """Nothing is seen."""

    canary = Canary([], {}, Tools(seal=SEAL, clock=StillClock(), chance=chance()))
    eyes = Eyes(tenant=tenant, feed=None, mailboxes={"canary": box}, calendars={}, pages={}, canary=canary, lines={})
    return Followers(eyes=eyes, take=take).loops()


@without_waiting
async def test_a_mailbox_that_hangs_is_followed_anew_though_another_companys_of_the_same_name_answers() -> None:
    kept, hangs, well = Loops(random.Random(0)), Box(answers=False), Box(answers=True)  # noqa: S311 - jitter
    with capture_logs() as logs:
        async with kept.running(*following("acme", hangs), *following("beta", well)):
            await asyncio.sleep(DEADLINE.total_seconds() + 60)
            fared = {(one.tenant, one.name): one.restarts for one in kept.states()}
    assert (hangs.begun, well.begun) == (2, 1)
    assert fared == {("acme", "mailbox:canary"): 1, ("beta", "mailbox:canary"): 0}
    assert [(line["loop"], line["tenant"]) for line in logs] == [("mailbox:canary", "acme")]


@without_waiting
async def test_a_company_that_is_no_longer_watched_takes_no_state_of_another_with_it() -> None:
    kept = Loops(random.Random(0))  # noqa: S311 - jitter
    async with kept.running(*following("beta", Box(answers=False))):
        async with kept.running(*following("acme", Box(answers=True))):
            await asyncio.sleep(60)
        (state,) = kept.states()
        assert (state.tenant, state.age) == ("beta", timedelta(minutes=1))
