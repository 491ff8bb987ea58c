"""Posting to a Workflows webhook, and what it may answer."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.chat.teams import Teams, teams_throttled
from bot.demo.faults import Answer, Drop, Fault, Hang, json_answer
from bot.demo.served import served
from bot.microsoft import GraphError
from bot.outbox import SendError
from bot.types import Chart, Clock, Delivery, Kind
from handlers.teams.address import fault, wants_token
from handlers.teams.lane import LONGEST_TURN, Lane, lanes
from handlers.teams.send import Flow, TeamsSender
from tests.handlers.examples import TestClock, delivery, patience
from tests.handlers.teams.test_render import CHART

SIGNATURE = "very-secret-signature"


def flow(url: str, clock: Clock) -> Flow:
    """Give a flow that has its lane for itself."""
    return Flow(url=SecretStr(url), lane=Lane(clock))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A channel, and a sender to it."""

    teams: Teams
    sender: TeamsSender
    clock: TestClock
    base: str


@pytest.fixture
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Serve a webhook on loopback."""
    clock = TestClock()
    teams = Teams(clock=clock, signature=SIGNATURE)
    async with served(teams.app()) as port:
        base = f"http://127.0.0.1:{port}"
        sender = TeamsSender(flow(teams.address(base), clock), clock=clock, limit=patience(request))
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


async def test_a_card_shows_the_chart_that_is_there_for_it(world: World) -> None:
    """Read when it is sent."""
    asked: list[str] = []

    async def plots(of: Delivery) -> Chart:
        asked.append(of.key)
        return CHART

    address = flow(world.teams.address(world.base), world.clock)
    await TeamsSender(address, clock=world.clock, plots=plots).send(delivery())
    (posted,) = world.teams.posted
    assert "Chart.Line" in [block["type"] for block in posted.card["body"]]
    assert asked == [delivery().key]


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
    assert (await failure(world, teams_throttled(7))).retry_after == timedelta(seconds=7)
    assert (await failure(world, Answer(status=429))).retry_after is None


@pytest.mark.parametrize("met", [Hang(), Drop(accepted=True)], ids=["no answer", "reset after it was accepted"])
async def test_where_it_may_have_landed_nobody_claims_to_know(world: World, met: Fault) -> None:
    """Told twice is better than never."""
    error = await failure(world, met)
    assert (error.unknown, error.permanent) == (True, False)


@pytest.mark.parametrize("there", [200, 404], ids=["a page", "nothing"])
async def test_a_redirect_is_no_delivery(world: World, there: int) -> None:
    """It turns the POST into a GET, and may look like a success."""
    moved = Answer(status=302, headers={"Location": f"{world.base}/else"})
    world.teams.faults.switch_on(Answer(status=there), path="/else")
    error = await failure(world, moved)
    assert error.permanent
    assert "another address" in str(error)


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_that_keeps_the_post_is_not_followed_either(world: World, status: int) -> None:
    """Whoever answers for the flow could lead the message, and us, to anywhere."""
    moved = Answer(status=status, headers={"Location": world.teams.address(world.base)})
    world.teams.faults.switch_on(moved, times=1)
    with pytest.raises(SendError, match="another address") as caught:
        await world.sender.send(delivery())
    assert caught.value.permanent
    assert not world.teams.posted


async def test_one_401_is_told_from_another(world: World) -> None:
    """By the code that the flow gives, never by its words, which may hold anything."""
    body = {"error": {"code": "DirectApiAuthorizationRequired", "message": f"<at>{SIGNATURE}</at>"}}
    error = await failure(world, json_answer(401, body))
    assert "HTTP 401 (DirectApiAuthorizationRequired): " in str(error)
    assert "Let anyone trigger it" in str(error)


@pytest.mark.parametrize("body", [[], {"error": "no"}, {"error": {"code": 7}}, {"error": {"code": f"sig={SIGNATURE}"}}])
async def test_a_code_that_is_none_is_left_out(world: World, body: object) -> None:
    """Whatever the answer holds."""
    assert "HTTP 400: " in str(await failure(world, json_answer(400, body)))


async def test_destinations_that_share_an_address_share_its_pace() -> None:
    """Also those of another tenant."""
    clock = TestClock()
    lane = lanes(clock)
    await lane("https://flow.example/a").turn()
    await lane("https://flow.example/a ").turn()
    await lane("https://flow.example/b").turn()
    assert clock.slept == [timedelta(seconds=1)]


async def test_many_at_once_get_turns_of_their_own() -> None:
    """A second apart, although nobody has had theirs yet."""

    class Sleepless(TestClock):
        async def sleep(self, length: timedelta) -> None:
            self.slept.append(length)

    clock = Sleepless()
    lane = Lane(clock)
    await asyncio.gather(*(lane.turn() for _ in range(3)))
    assert clock.slept == [timedelta(seconds=1), timedelta(seconds=2)]


async def test_a_flow_that_wants_a_rest_gets_it_from_everybody(world: World) -> None:
    """What one sender is told holds for the next, who does not even ask."""
    assert (await failure(world, teams_throttled(60))).retry_after == timedelta(seconds=60)
    with pytest.raises(SendError, match="wants a rest") as caught:
        await world.sender.send(delivery())
    assert caught.value.retry_after == timedelta(seconds=60)
    assert world.teams.posted == []
    world.clock.at += timedelta(seconds=60) - LONGEST_TURN
    await world.sender.send(delivery())
    assert len(world.teams.posted) == 1


class TenantOnly:
    """A flow that lets in only who shows a token of its tenant."""

    def __init__(self) -> None:
        """Have seen nobody."""
        self.seen: list[str] = []

    def app(self) -> Starlette:
        """Give it as an ASGI app."""
        return Starlette(routes=[Route("/workflows/1", self._invoke, methods=["POST", "GET"])])

    async def _invoke(self, request: Request) -> Response:
        shown = request.headers.get("Authorization", "")
        self.seen.append(shown)
        if shown == "Bearer moved":
            return Response(status_code=307, headers={"Location": "/workflows/1"})
        if shown != "Bearer good":
            code = {"error": {"code": "DirectApiAuthorizationRequired", "message": "no"}}
            return JSONResponse(code, status_code=401)
        return Response(status_code=202)


@pytest.mark.parametrize(
    ("token", "why"),
    [
        pytest.param("good", "", id="let in"),
        pytest.param("another", "does not take our token", id="of another tenant"),
        pytest.param("moved", "another address", id="a token follows no redirect"),
    ],
)
async def test_a_flow_of_the_tenant_alone_is_shown_a_token(token: str, why: str) -> None:
    """As its address has no signature."""
    clock, only = TestClock(), TenantOnly()

    async def tokens() -> SecretStr:
        return SecretStr(token)

    async with served(only.app()) as port:
        own = Flow(url=SecretStr(f"http://127.0.0.1:{port}/workflows/1"), lane=Lane(clock), token=tokens)
        sender = TeamsSender(own, clock=clock)
        if not why:
            await sender.send(delivery())
        else:
            with pytest.raises(SendError, match=why) as caught:
                await sender.send(delivery())
            assert caught.value.permanent
            assert token not in str(caught.value).split(": ", 1)[0]
    assert only.seen == [f"Bearer {token}"]


async def test_where_there_is_no_token_the_reason_is_entras() -> None:
    """And it is tried again where that can help."""
    clock = TestClock()

    async def tokens() -> SecretStr:
        raise GraphError("Entra gives no token: AADSTS90033", retry_after=timedelta(seconds=6))

    own = Flow(url=SecretStr("http://127.0.0.1:9/workflows/1"), lane=Lane(clock), token=tokens)
    with pytest.raises(SendError, match="AADSTS90033") as caught:
        await TeamsSender(own, clock=clock).send(delivery())
    assert (caught.value.permanent, caught.value.retry_after) == (False, timedelta(seconds=6))


@pytest.mark.parametrize(
    ("url", "wanted_there"),
    [
        ("https://prod-12.westeurope.logic.azure.com:443/workflows/x?api-version=1&sig=a", False),
        ("https://default1.0a.environment.api.powerplatform.com:443/powerautomate/x?api-version=1", True),
        ("https://x.environment.api.high.powerplatform.microsoft.us/powerautomate/x", True),
        ("https://x.logic.azure.com/workflows/x?sig=", True),
        ("https://relay.contoso.example/teams", False),
        ("https://logic.azure.com.evil.example/workflows/x", False),
    ],
)
def test_a_token_is_for_microsoft_alone_and_never_beside_a_signature(url: str, *, wanted_there: bool) -> None:
    """The flow refuses both together, and nobody else is to have it."""
    assert wants_token(url) is wanted_there


@pytest.mark.parametrize(
    "who", ["", "ana@contoso.com", "ana_b.c@contoso.onmicrosoft.com", "8e6f1a0c-1111-2222-3333-444455556666"]
)
def test_a_person_is_called_by_sign_in_name_or_entra_id(who: str) -> None:
    """And nobody where nobody is named."""
    TeamsSender(flow("https://flow.example/x", TestClock()), clock=TestClock(), mention=who)


@pytest.mark.parametrize("who", ["Ana", "<at>x</at>@contoso.com", "S0123456789", "ana@contoso.com, bo@contoso.com"])
def test_a_mention_that_teams_would_not_know_is_refused(who: str) -> None:
    """It would be shown as mere text, and call nobody."""
    with pytest.raises(ValueError, match="sign-in name"):
        TeamsSender(flow("https://flow.example/x", TestClock()), clock=TestClock(), mention=who)


async def test_a_server_that_is_not_there_got_nothing() -> None:
    """A refused connection leaves no doubt."""
    clock = TestClock()
    nowhere = TeamsSender(flow(f"http://127.0.0.1:9/workflows?sig={SIGNATURE}", clock), clock=clock)
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
        flow(url, TestClock())


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
