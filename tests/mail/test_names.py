import asyncio
import socket

import pytest

from bot.mail import Names
from bot.mail.names import FIND_SECONDS, KEPT_SECONDS, NOBODY
from tests.demo.loops import without_waiting


class Resolver:
    """Answers by name; a name without an answer hangs."""

    def __init__(self, **answers: int) -> None:
        """Take the resolver's error for each name, dots as underscores; 0 for one that is found."""
        self.answers = {name.replace("_", "."): error for name, error in answers.items()}
        self.asked: list[str] = []
        self.gives_up = asyncio.Event()

    async def __call__(self, host: str) -> None:
        self.asked.append(host)
        if host not in self.answers:
            await self.gives_up.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if self.answers[host]:
            raise socket.gaierror(self.answers[host], "Name or service not known")

    async def end(self) -> None:
        """Leave nobody waiting."""
        self.gives_up.set()
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
async def test_an_address_needs_no_resolver(host: str) -> None:
    """Nor does this machine itself, so a dead one is no excuse."""
    resolver = Resolver()
    names = Names(resolver)
    await names.find(host)
    assert await names.live(host)
    assert resolver.asked == []


@without_waiting
async def test_a_name_is_looked_up_once_for_all_who_ask_within_seconds() -> None:
    """And anew after that, whatever came of it."""
    resolver = Resolver(mx_example=0, no_example=socket.EAI_NONAME)
    names = Names(resolver)
    await asyncio.gather(*[names.find("mx.example") for _ in range(9)])
    for _ in range(2):
        with pytest.raises(socket.gaierror, match=r"no\.example: Name or service not known"):
            await names.find("no.example")
    assert resolver.asked == ["mx.example", "no.example"]
    await asyncio.sleep(KEPT_SECONDS + 1)
    await names.find("mx.example")
    assert resolver.asked == ["mx.example", "no.example", "mx.example"]


@without_waiting
async def test_a_name_that_hangs_is_given_up_and_holds_up_nobody_else() -> None:
    """Those who ask again meanwhile wait for the same answer."""
    resolver = Resolver(mx_example=0)
    names, loop = Names(resolver), asyncio.get_running_loop()
    hanging = [asyncio.create_task(names.find("slow.example")) for _ in range(100)]
    await names.find("mx.example")
    assert loop.time() == 0
    ends = await asyncio.gather(*hanging, return_exceptions=True)
    assert {str(end) for end in ends} == {"slow.example was not looked up within 10 seconds"}
    assert loop.time() == FIND_SECONDS
    assert sorted(resolver.asked) == ["mx.example", "slow.example"]
    await resolver.end()


@pytest.mark.parametrize(
    ("error", "lives"),
    [
        pytest.param(socket.EAI_NONAME, True, id="it says that there is no such name"),
        pytest.param(0, True, id="it finds an address for every name, as some providers' do"),
        pytest.param(socket.EAI_FAIL, True, id="it says that it will not answer"),
        pytest.param(socket.EAI_AGAIN, False, id="it does not answer"),
    ],
)
async def test_a_resolver_lives_if_it_answers_for_a_name_that_cannot_be(error: int, *, lives: bool) -> None:
    resolver = Resolver(mx_example=0)
    resolver.answers[NOBODY] = error
    assert await Names(resolver).live("mx.example") is lives


@without_waiting
async def test_a_resolver_that_hangs_is_dead() -> None:
    resolver = Resolver()
    assert not await Names(resolver).live("mx.example")
    await resolver.end()


async def test_this_machine_is_asked_where_nobody_else_is() -> None:
    """By threads, with the machine's own means: it reads an address in an old form without a resolver."""
    await Names().find("127.1")


async def test_a_name_that_cannot_be_written_is_no_name() -> None:
    with pytest.raises(socket.gaierror, match="Name or service not known"):
        await Names().find(f"{'x' * 70}.example")
