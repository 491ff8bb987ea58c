"""A second opinion on what we ask of Graph: Prism takes each request, or says what is wrong with it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot.mail import Accepted, GraphInbox, GraphMailbox, GraphSender, Letter, OwnTrouble, Refusal, compose
from bot.mail.headers import parse
from bot.microsoft import Call, GraphError
from bot.types import AdvisorySeen
from bot.watch import ServiceHealth
from tests.mail.worlds import NOON, PROBE, SEAL, StillClock, mailbox
from tests.microsoft import prism

pytestmark = pytest.mark.asyncio(loop_scope="module")

LETTER = compose(PROBE, SEAL, sender=mailbox("alice"), receiver=mailbox("bob"))
STORED = Letter(key="AAMkAGI2/TG93=", folder="inbox", headers=parse(b""), told=NOON)
LISTED = datetime(2021, 8, 7, tzinfo=UTC)
"""When the advisory of the contract's example was new."""
THROTTLED = "code=429, example=error-429-docs"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port() -> AsyncIterator[int]:
    """Run Prism once for all tests of this file."""
    async with prism.running() as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def asked(port: int) -> AsyncIterator[prism.Asked]:
    """Ask it."""
    async with prism.Asked(port) as one:
        yield one


async def test_service_health_is_asked_for_as_the_contract_wants_it(asked: prism.Asked) -> None:
    """With the filter, the page size and, for what is listed no more, by name."""
    watch = ServiceHealth(asked.client)
    watch.remember({"EX649175": {}}, ())
    seen, _ = await watch.look(LISTED)
    assert isinstance(seen, AdvisorySeen)
    assert seen.issue["id"] == "CR275975"
    assert asked.refused == []
    assert {"GET /admin/serviceAnnouncement/issues 200", "GET /admin/serviceAnnouncement/issues/EX649175 200"} <= set(
        asked.accepted
    )


async def test_service_health_without_a_filter_is_as_the_contract_wants_it_too(asked: prism.Asked) -> None:
    """Where Graph refuses the filter, the whole list is asked for."""
    asked.prefers = ["code=400"]
    watch = ServiceHealth(asked.client)
    await watch.look(NOON)
    assert watch.readable
    assert asked.refused == []
    assert asked.accepted[:2] == [f"GET /admin/serviceAnnouncement/issues {status}" for status in (400, 200)]


async def test_throttling_as_the_contract_has_it_is_waited_for(asked: prism.Asked) -> None:
    """Its Retry-After is a fraction of seconds."""
    asked.prefers = [THROTTLED]
    found = await asked.client.get("admin/serviceAnnouncement/issues")
    assert "value" in found
    assert asked.clock.slept == [timedelta(seconds=2.128)]
    assert asked.refused == []


@pytest.mark.parametrize("status", [429, 503])
async def test_a_graph_that_stays_throttled_says_when_to_ask_again(asked: prism.Asked, status: int) -> None:
    """After the client's own attempts."""
    asked.prefers = [f"code={status}"] * 4
    with pytest.raises(GraphError) as caught:
        await asked.client.get("admin/serviceAnnouncement/issues")
    assert (caught.value.status, caught.value.retry_after) == (status, timedelta(seconds=2.128))
    assert asked.refused == []


async def test_a_message_is_sent_as_the_contract_wants_it(asked: prism.Asked) -> None:
    """In JSON, with headers of its own."""
    sender = GraphSender(GraphMailbox(asked.client, "alice@test.example"))
    assert isinstance(await sender.send(LETTER), Accepted)
    assert asked.accepted == ["POST /users/alice@test.example/sendMail 202"]
    assert asked.refused == []


@pytest.mark.parametrize(("status", "kind"), [(403, OwnTrouble), (500, Refusal), (503, Refusal)])
async def test_a_message_that_graph_does_not_take_is_sent_once(
    asked: prism.Asked, status: int, kind: type[object]
) -> None:
    """Whatever the contract lets Graph answer."""
    asked.prefers = [f"code={status}"]
    sender = GraphSender(GraphMailbox(asked.client, "alice@test.example"))
    assert isinstance(await sender.send(LETTER), kind)
    assert len(asked.accepted) == 1


async def test_a_mailbox_is_looked_into_as_the_contract_wants_it(asked: prism.Asked) -> None:
    """Both folders, the headers of what may be ours, a whole message, and its removal by either way."""
    inbox = GraphInbox("bob", GraphMailbox(asked.client, "bob@test.example"), StillClock())
    await inbox.letters()
    await inbox.whole(STORED)
    await inbox.delete(STORED)
    asked.prefers = ["code=400"]
    await inbox.delete(STORED)
    assert asked.refused == []
    stored = "/users/bob@test.example/messages/AAMkAGI2/TG93="
    for asked_for in (
        "GET /users/bob@test.example/mailFolders/inbox/messages 200",
        "GET /users/bob@test.example/mailFolders/junkemail/messages 200",
        f"GET {stored}/$value 200",
        f"POST {stored}/permanentDelete 204",
        f"POST {stored}/permanentDelete 400",
        f"DELETE {stored} 204",
    ):
        assert asked_for in asked.accepted


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(Call(method="POST", path="users/a@x.example/sendMail", json={"saveToSentItems": True}), id="body"),
        pytest.param(Call(method="GET", path="admin/serviceAnnouncement/issues", params={"$top": "many"}), id="query"),
        pytest.param(Call(method="GET", path="admin/serviceAnnouncement/nothing"), id="path"),
    ],
)
async def test_a_wrong_request_would_have_been_refused(asked: prism.Asked, call: Call) -> None:
    """So that the tests above prove something."""
    with pytest.raises(GraphError, match=r"4\d\d"):
        await asked.client.call(call)
    assert len(asked.refused) == 1
