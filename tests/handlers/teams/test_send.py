"""Posting to a Workflows webhook, and what it may answer."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.demo.chat.teams import Teams, teams_throttled
from bot.demo.faults import Answer, Drop, Fault, Hang
from bot.demo.served import served
from bot.outbox import SendError
from bot.types import Kind
from handlers.teams.address import fault
from handlers.teams.send import TeamsSender
from handlers.teams.webhook import wanted
from tests.handlers.examples import TestClock, delivery

SIGNATURE = "very-secret-signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A channel, and a sender to it."""

    teams: Teams
    sender: TeamsSender
    clock: TestClock
    base: str


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Serve a webhook on loopback."""
    clock = TestClock()
    teams = Teams(clock=clock, signature=SIGNATURE)
    async with served(teams.app()) as port:
        base = f"http://127.0.0.1:{port}"
        sender = TeamsSender(SecretStr(teams.address(base)), clock=clock, limit=timedelta(seconds=0.3))
        yield World(teams=teams, sender=sender, clock=clock, base=base)


async def failure(world: World, met: Fault) -> SendError:
    """Meet a fault; no error holds the signature."""
    world.teams.faults.switch_on(met, times=1)
    with pytest.raises(SendError) as caught:
        await world.sender.send(delivery())
    assert SIGNATURE not in repr(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


async def test_a_card_is_posted_and_nobody_knows_where(world: World) -> None:
    """202 says that the flow will run, and no more."""
    await world.sender.send(delivery())
    (posted,) = world.teams.posted
    assert posted.card["version"] == "1.4"
    assert world.teams.lost == []


async def test_a_reply_is_a_card_of_its_own(world: World) -> None:
    """Nothing can be edited or answered there."""
    await world.sender.send(delivery())
    await world.sender.send(delivery(Kind.REPLY))
    assert len(world.teams.posted) == 2


async def test_cards_keep_a_second_between_them(world: World) -> None:
    """More than four a second are throttled."""
    await world.sender.send(delivery())
    await world.sender.send(delivery())
    assert world.clock.slept == [timedelta(seconds=1)]


@pytest.mark.parametrize("status", [200, 202])
async def test_any_2xx_is_a_success(world: World, status: int) -> None:
    """A flow with an answer of its own says 200."""
    world.teams.faults.switch_on(Answer(status=status), times=1)
    await world.sender.send(delivery())


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 418])
async def test_what_a_second_try_cannot_mend_stops_in_plain_words(world: World, status: int) -> None:
    """With what mends it."""
    error = await failure(world, Answer(status=status))
    assert error.permanent
    assert f"HTTP {status}: " in str(error)


@pytest.mark.parametrize(("status", "unknown"), [(408, True), (500, False), (502, True), (503, False), (504, True)])
async def test_what_passes_is_tried_again(world: World, status: int, *, unknown: bool) -> None:
    """A gateway's timeout says nothing about the flow."""
    error = await failure(world, Answer(status=status))
    assert (error.permanent, error.unknown) == (False, unknown)


async def test_too_many_requests_are_waited_for(world: World) -> None:
    """As long as it asks, or as we think best."""
    assert (await failure(world, teams_throttled(11))).retry_after == timedelta(seconds=11)
    assert (await failure(world, Answer(status=429))).retry_after is None


@pytest.mark.parametrize("met", [Hang(), Drop(accepted=True)], ids=["no answer", "reset after it was accepted"])
async def test_where_it_may_have_landed_nobody_claims_to_know(world: World, met: Fault) -> None:
    """Told twice is better than never."""
    error = await failure(world, met)
    assert (error.unknown, error.permanent) == (True, False)


async def test_a_redirect_is_no_delivery(world: World) -> None:
    """It would turn the POST into a GET, and look like a success."""
    moved = Answer(status=302, headers={"Location": f"{world.base}/else"})
    world.teams.faults.switch_on(Answer(status=200), path="/else")
    error = await failure(world, moved)
    assert error.permanent


async def test_a_server_that_is_not_there_got_nothing() -> None:
    """A refused connection leaves no doubt."""
    nowhere = TeamsSender(SecretStr(f"http://127.0.0.1:9/workflows?sig={SIGNATURE}"), clock=TestClock())
    with pytest.raises(SendError) as caught:
        await nowhere.send(delivery())
    assert SIGNATURE not in str(caught.value)
    assert (caught.value.unknown, caught.value.permanent) == (False, False)


async def test_no_log_holds_the_signature(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG urllib3 logs whole addresses; the server's own log is not ours."""
    caplog.set_level(logging.DEBUG)
    await failure(world, Drop(accepted=False))
    await world.sender.send(delivery())
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    assert not any(SIGNATURE in line for line in ours)


async def test_what_was_held_up_says_for_how_long(world: World) -> None:
    """People can tell old news from new."""
    world.clock.at += timedelta(minutes=12)
    await world.sender.send(delivery(attempts=3))
    assert "12 minutes late" in str(world.teams.posted[0].card)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://contoso.webhook.office.com/webhookb2/x", "Office 365 connector"),
        ("https://outlook.office.com/webhook/x", "Office 365 connector"),
        ("https://outlook.office365.com/webhook/x", "Office 365 connector"),
        ("http://flow.example/x", "https://"),
        ("https://", "names no host"),
        ("https://[", "is not an address"),
    ],
)
def test_an_address_that_cannot_work_is_refused_with_the_reason(url: str, why: str) -> None:
    """At the start, not in the night of an outage."""
    with pytest.raises(ValueError, match=why):
        TeamsSender(SecretStr(url), clock=TestClock())


@pytest.mark.parametrize(
    "url",
    [
        "https://prod-12.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=a",
        "https://default1.0a.environment.api.powerplatform.com:443/powerautomate/automations/direct/cu/01/x?sig=a",
        "https://flow.contoso.example/x",
    ],
)
def test_no_list_of_hosts_keeps_a_new_one_out(url: str) -> None:
    """Microsoft has moved them before."""
    assert fault(url) == ""


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("1.5", 1.5), ("99999", 3600)])
def test_retry_after_is_read(header: str, seconds: float) -> None:
    """An hour at most."""
    assert wanted(header) == timedelta(seconds=seconds)


@pytest.mark.parametrize("header", [None, "", "soon", "-1", "nan", "inf"])
def test_a_retry_after_that_cannot_be_believed_is_none(header: str | None) -> None:
    """Our own wait counts then."""
    assert wanted(header) is None
