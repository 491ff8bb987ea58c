"""The cheap world of the bench answers as the contract-checked stand-ins do, and as our own clients expect."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bench.scale.graph import ISSUES
from bench.scale.issues import LISTED, STANDING, fault
from bench.scale.world import SECRET, World
from bot.app.clock import SystemClock
from bot.demo.clock import StoryClock
from bot.demo.graph import Graph, Registration, Tokens
from bot.mail import ImapInbox, Mailbox, Probe, Seal, Security, Server, SmtpSender, compose
from bot.microsoft import ClientSecret, EntraApp, EntraTokens, GraphClient, open_http
from bot.types import AdvisorySeen, Landed, Picture
from bot.watch import ServiceHealth
from handlers.slack.api import SlackApi
from handlers.slack.picture import share

TENANT = "11111111-2222-4333-8444-555555555555"
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
SINCE = NOON - timedelta(days=7)
FILTER = f"isResolved eq false or lastModifiedDateTime ge {SINCE:%Y-%m-%dT%H:%M:%SZ}"
SIGN_IN = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default", "client_id": "app"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[tuple[World, dict[str, Any]]]:
    """Run a world; tells where it listens."""
    async with AsyncExitStack() as stack:
        made = World(tmp_path)
        yield made, await made.listen(stack)
    await asyncio.sleep(0)  # a line that was cut is closed by the next turn of the loop


@pytest.fixture
async def cheap(world: tuple[World, dict[str, Any]]) -> AsyncIterator[httpx.AsyncClient]:
    made, ports = world
    base = f"https://localhost:{ports['graph']}"
    async with httpx.AsyncClient(base_url=base, verify=made.authority.client_context()) as http:
        yield http


@pytest.fixture
async def checked(world: tuple[World, dict[str, Any]]) -> AsyncIterator[httpx.AsyncClient]:
    """Serve what the tenant has listed by the stand-in whose answers are held against Microsoft's description."""
    made, ports = world
    tokens = Tokens(
        Registration(tenant_id=TENANT, client_id="app", client_secret=SECRET),
        rng=random.Random(1),  # noqa: S311 - a test wants the same each time
    )
    graph = Graph(clock=StoryClock(NOON), tokens=tokens)
    for issue in made.graph.issues(TENANT):
        graph.publish(issue)
    base = f"https://localhost:{ports['graph']}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(graph.app()), base_url=base) as http:
        yield http


async def signed_in(http: httpx.AsyncClient) -> dict[str, str]:
    answer = await http.post(f"/{TENANT}/oauth2/v2.0/token", data={**SIGN_IN, "client_secret": SECRET})
    assert set(answer.json()) == {"token_type", "expires_in", "access_token"}
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.mark.parametrize("path", ["", "/EX1300000", "/SP1300012", "/nothing"])
async def test_service_health_is_what_the_checked_one_says(
    cheap: httpx.AsyncClient, checked: httpx.AsyncClient, path: str
) -> None:
    """The list as the watcher asks for it, and each issue by its name."""
    params = {} if path else {"$filter": FILTER}
    said = []
    for http in (cheap, checked):
        headers = {**await signed_in(http), "Prefer": "odata.maxpagesize=1000"}
        answer = await http.get(f"{ISSUES}{path}", params=params, headers=headers)
        body = answer.json()
        if "error" in body:
            body["error"]["innerError"].pop("date")
        body.get("value", []).sort(key=lambda issue: issue["id"])
        said.append((answer.status_code, answer.headers["Content-Type"], body))
    assert said[0] == said[1]


async def test_sign_in_is_what_the_checked_one_says(cheap: httpx.AsyncClient, checked: httpx.AsyncClient) -> None:
    """Discovery in every word; a token has the same life; a wrong secret the same refusal, no token the same error."""
    said = []
    for http in (cheap, checked):
        found = (await http.get(f"/{TENANT}/v2.0/.well-known/openid-configuration")).json()
        right = await http.post(f"/{TENANT}/oauth2/v2.0/token", data={**SIGN_IN, "client_secret": SECRET})
        wrong = await http.post(f"/{TENANT}/oauth2/v2.0/token", data={**SIGN_IN, "client_secret": "x"})
        nobody = await http.get(ISSUES)
        said.append(
            (
                found,
                right.json()["expires_in"],
                (wrong.status_code, wrong.json()),
                (nobody.status_code, nobody.json()["error"]["code"]),
            )
        )
    assert said[0] == said[1]


async def test_the_watcher_reads_what_a_tenant_has_listed_and_what_is_published_for_it(
    world: tuple[World, dict[str, Any]],
) -> None:
    """By msal and our own client: tenants differ in what they have, and an advisory hits those that it is for."""
    made, ports = world
    ca_file, base = Path(ports["ca_file"]), f"https://localhost:{ports['graph']}"
    clock, found = SystemClock(), {}
    async with open_http(ca_file) as http:
        for tenant in ("tenant-a", "tenant-b"):
            app = EntraApp(
                credential=ClientSecret(secret=SecretStr(SECRET)),
                tenant=tenant,
                client_id="app",
                login=base,
                ca_bundle=ca_file,
            )
            client = GraphClient(
                http,
                EntraTokens(app),
                clock=clock,
                chance=random.Random(1),  # noqa: S311 - backoff
                base=f"{base}/v1.0",
                scope=f"{base}/.default",
            )
            feed = ServiceHealth(client, tenant=tenant)
            seen = await feed.look(clock.now())
            found[tenant] = {str(one.issue["id"]) for one in seen if isinstance(one, AdvisorySeen)}
            made.graph.publish(fault(f"EX{tenant}", "Users may be unable to send email", clock.now()), 1)
            assert [type(one) for one in await feed.look(clock.now())] == [AdvisorySeen]
    assert all(len(ids) >= LISTED for ids in found.values())
    assert found["tenant-a"] != found["tenant-b"]
    assert made.graph.asked["issues"] == 4
    assert len(made.graph.issues("tenant-a")) == LISTED + 2 < STANDING


async def test_a_test_message_goes_round_and_is_told_of_at_once(
    world: tuple[World, dict[str, Any]],
) -> None:
    """By our own SMTP and IMAP: it is refused where that is switched on, comes, is read once, and deleted."""
    made, ports = world
    made.post.takes = (0.0, 0.05)
    here = {name: Server(host="127.0.0.1", port=ports[name], security=Security.PLAIN) for name in ("smtp", "imap")}
    box = Mailbox(name="a", address="a@tenant.example", secret=SecretStr("x"), smtp=here["smtp"], imap=here["imap"])
    seal, clock = Seal(SecretStr("a secret of the bench")), SystemClock()
    inbox, sender = ImapInbox(box, clock), SmtpSender(box)
    assert await inbox.letters() == []
    probe = Probe(id="0123456789abcdef", route="r", sent=clock.now())
    message = compose(probe, seal, sender=box, receiver=box)
    assert type(await sender.send(message)).__name__ == "Accepted"
    async with asyncio.timeout(20):
        while not (letters := await inbox.letters()):
            await inbox.wait()
    await inbox.delete(letters[0])
    assert await inbox.letters() == []
    assert made.post.box("a@tenant.example").stored == {}
    made.post.refusing = "a@"
    assert type(await sender.send(message)).__name__ == "Refusal"
    await inbox.close()


async def test_a_picture_is_shown_where_our_client_shows_it(world: tuple[World, dict[str, Any]]) -> None:
    """In the three steps of Slack."""
    made, ports = world
    api = SlackApi(SecretStr("xoxb-1"), base_url=f"http://127.0.0.1:{ports['chats']}/api/")
    try:
        await share(api, Picture(png=b"PNG", title="t", alt="a"), Landed(channel="C1", id="1.1"), name="p.png")
    finally:
        await api.aclose()
    assert made.chats.pictures == 1
