import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from bot.microsoft import Call, ClientSecret, EntraApp, EntraTokens, GraphClient, GraphError, open_http
from tests.demo.loops import without_waiting
from tests.mail.worlds import StillClock, chance
from tests.microsoft.fake_graph import BASE, FakeGraph, failure, page

ISSUES = Call(method="GET", path="admin/serviceAnnouncement/issues", headers={"Prefer": "odata.maxpagesize=2"})
SEND = Call(method="POST", path="users/a/sendMail", json={}, repeatable=False)


async def all_ids(graph: FakeGraph, call: Call = ISSUES) -> list[object]:
    return [element["id"] async for element in graph.client.pages(call)]


async def test_an_object_is_read_with_the_apps_token() -> None:
    """At the base URL that was given."""
    graph = FakeGraph(httpx.Response(200, json={"id": "EX1"}))
    assert await graph.client.get("/a/b", {"$top": "1"}) == {"id": "EX1"}
    (request,) = graph.asked
    assert str(request.url) == f"{BASE}/a/b?%24top=1"
    assert request.headers["Authorization"] == "Bearer token-1"
    assert graph.entra.asked[0]["scope"] == "https://graph.microsoft.com/.default"


async def test_an_empty_answer_is_an_empty_object() -> None:
    """SendMail answers 202 and nothing else."""
    assert await FakeGraph(httpx.Response(202)).client.call(SEND) == {}


async def test_all_pages_are_read_with_the_same_wish_for_their_size() -> None:
    """Graph forgets the header between pages."""
    graph = FakeGraph(page({"id": 1}, {"id": 2}, link=f"{BASE}/x?$skip=2"), page({"id": 3}))
    assert await all_ids(graph) == [1, 2, 3]
    assert [request.headers["Prefer"] for request in graph.asked] == ["odata.maxpagesize=2"] * 2
    assert str(graph.asked[1].url) == f"{BASE}/x?$skip=2"


@pytest.mark.parametrize(
    "link",
    ["https://graph.evil.example/v1.0/x", "http://graph.test.example/v1.0/x", "https://graph.test.example:8443/x"],
)
async def test_a_link_to_another_host_is_never_followed(link: str) -> None:
    """The token goes where the link points."""
    graph = FakeGraph(page({"id": 1}, link=link))
    with pytest.raises(GraphError, match="another host"):
        await all_ids(graph)
    assert len(graph.asked) == 1


async def test_pages_without_end_are_an_error() -> None:
    """A link that points to itself."""
    with pytest.raises(GraphError, match="more than 50 pages"):
        await all_ids(FakeGraph(page({"id": 1}, link=f"{BASE}/x")))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(200, json={"value": None}), "no list"),
        (httpx.Response(200, json=[1]), "no object"),
        (httpx.Response(200, text="<html>"), "not JSON"),
        (httpx.Response(200, content=b"\xff\xfe"), "not JSON"),
        (httpx.Response(200, content=b'{"value":' * 40_000), "not JSON"),
        (httpx.Response(200, content=b'{"value": [' + b"9" * 5_000 + b"]}"), "not JSON"),
        (page(link="https://[::1"), "no address"),
    ],
)
async def test_answers_of_another_shape_are_errors(answer: httpx.Response, words: str) -> None:
    """A proxy's page is no list of advisories."""
    with pytest.raises(GraphError, match=words):
        await all_ids(FakeGraph(answer))


async def test_half_a_character_is_a_question_mark() -> None:
    """It could not stand in an address, a header or a database."""
    assert await all_ids(FakeGraph(httpx.Response(200, content=b'{"value": [{"id": "\\ud800 \\ud83d\\ude00"}]}'))) == [
        "? 😀"
    ]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503, content=b'{"error":' * 40_000),
        failure(503, Retry_After="Mon, 01 Jan 99999999999 12:00:00 GMT"),
        failure(503, Retry_After="inf"),
        httpx.Response(503, headers=[(b"X-Odd", "ü".encode())]),
    ],
)
async def test_an_odd_refusal_is_a_refusal(answer: httpx.Response) -> None:
    """Whatever its words or its Retry-After are."""
    with pytest.raises(GraphError, match="Graph answered 503") as caught:
        await all_ids(FakeGraph(answer))
    assert caught.value.retry_after is None


async def test_elements_that_are_no_objects_are_left_out() -> None:
    """The others still count."""
    assert await all_ids(FakeGraph(httpx.Response(200, json={"value": [None, {"id": 1}]}))) == [1]


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        pytest.param("2.128", 2.128, 2.128, id="a fraction of a second"),
        pytest.param("7", 7, 7, id="whole seconds"),
        pytest.param("Mon, 23 Nov 2026 12:00:09 GMT", 9, 9, id="a date"),
        pytest.param("Mon, 23 Nov 2020 12:00:09 GMT", 0.5, 1.5, id="a date gone by"),
        pytest.param("soon", 0.5, 1.5, id="neither"),
        pytest.param("nan", 0.5, 1.5, id="not a number"),
        pytest.param("-5", 0.5, 1.5, id="negative"),
        pytest.param("", 0.5, 1.5, id="none"),
    ],
)
async def test_throttling_waits_as_long_as_it_is_told(header: str, least: float, most: float) -> None:
    """And else a while of its own."""
    throttled = failure(429, "TooManyRequests", **({"Retry_After": header} if header else {}))
    graph = FakeGraph(throttled, httpx.Response(200, json={"id": 1}))
    assert await graph.client.get("x") == {"id": 1}
    (wait,) = graph.waits
    assert timedelta(seconds=least) <= wait <= timedelta(seconds=most)


async def test_a_wait_beyond_reason_is_left_to_the_caller() -> None:
    """With the time that Graph asked for."""
    graph = FakeGraph(failure(429, "TooManyRequests", Retry_After="600"))
    with pytest.raises(GraphError) as caught:
        await graph.client.get("x")
    assert caught.value.retry_after == timedelta(minutes=10)
    assert (graph.waits, caught.value.permanent) == ([], False)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_graph_that_fails_is_asked_again_with_growing_waits(status: int) -> None:
    """Four times, and then it is an error with the request's id, as its words are empty."""
    graph = FakeGraph(failure(status))
    with pytest.raises(GraphError, match=rf"{status} UnknownError to GET x: no words \(request-id 3f1c-1\)") as caught:
        await graph.client.get("x")
    assert len(graph.asked) == 4
    first, second, third = graph.waits
    assert timedelta(seconds=0.5) <= first < second < third <= timedelta(seconds=6)
    assert (caught.value.status, caught.value.permanent) == (status, False)


async def test_a_graph_that_cannot_be_reached_is_asked_again() -> None:
    """A connection may fail once."""
    graph = FakeGraph(httpx.ConnectError("no route"), httpx.Response(200, json={"id": 1}))
    assert await graph.client.get("x") == {"id": 1}
    lost = FakeGraph(httpx.ReadTimeout(""))
    with pytest.raises(GraphError, match="cannot be reached: ReadTimeout"):
        await lost.client.get("x")


@pytest.mark.parametrize(
    ("answer", "attempts"),
    [(failure(503), 1), (httpx.ReadTimeout("slow"), 1), (failure(429, "TooManyRequests"), 4)],
)
async def test_what_may_not_be_repeated_is_sent_again_only_if_it_was_not_looked_at(
    answer: httpx.Response | Exception, attempts: int
) -> None:
    """A message must not go out twice."""
    graph = FakeGraph(answer)
    with pytest.raises(GraphError):
        await graph.client.call(SEND)
    assert len(graph.asked) == attempts


@pytest.mark.parametrize("status", [400, 404, 409])
async def test_a_request_that_is_wrong_is_not_repeated(status: int) -> None:
    """It would be wrong again."""
    graph = FakeGraph(failure(status, "BadRequest", "Invalid filter clause."))
    with pytest.raises(GraphError, match=rf"{status} BadRequest to GET x: Invalid filter clause \(request") as caught:
        await graph.client.get("x")
    assert len(graph.asked) == 1
    assert caught.value.permanent
    assert caught.value.code == "BadRequest"


async def test_a_missing_permission_is_named_with_the_command_that_grants_it() -> None:
    """An administrator can paste it."""
    graph = FakeGraph(failure(403, "Forbidden", "Access denied"))
    with pytest.raises(GraphError) as caught:
        await graph.client.get("x", permission="ServiceHealth.Read.All")
    words = str(caught.value)
    assert "Grant the application permission ServiceHealth.Read.All: az ad app permission add --id c11e27" in words
    assert "79c261e0-fe76-4144-aad5-bdc68fbe4037=Role" in words
    assert "az ad app permission admin-consent --id c11e27" in words


async def test_a_token_that_is_refused_is_replaced_once() -> None:
    """It may have been revoked before its time."""
    graph = FakeGraph(failure(401, "InvalidAuthenticationToken"), httpx.Response(200, json={"id": 1}))
    assert await graph.client.get("x") == {"id": 1}
    assert [request.headers["Authorization"] for request in graph.asked] == ["Bearer token-1", "Bearer token-2"]
    refused = FakeGraph(failure(401, "InvalidAuthenticationToken"))
    with pytest.raises(GraphError, match="401"):
        await refused.client.get("x")
    assert len(refused.asked) == 2


async def test_no_more_of_an_answer_is_read_than_is_wanted() -> None:
    """Packed or not."""
    packed = httpx.Response(200, content=gzip.compress(b"x" * 1_000_000), headers={"Content-Encoding": "gzip"})
    graph = FakeGraph(packed)
    answer = await graph.client.send(Call(method="GET", path="users/a/messages/1/$value", most=1000))
    assert answer.content == b"x" * 1000


class Trickle(httpx.AsyncByteStream):
    """An answer of a byte each ten seconds, without an end."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(10)


class Given(EntraTokens):
    """A token that needs no thread."""

    async def token(self, scope: str) -> SecretStr:
        return SecretStr(f"for {scope}")


@without_waiting
async def test_an_answer_that_trickles_in_is_given_up() -> None:
    """Its end may never come; what it was about may have been done."""
    http = open_http(transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=Trickle())))
    tokens = Given(EntraApp(credential=ClientSecret(secret=SecretStr("x"))))
    client = GraphClient(http, tokens, clock=StillClock(), chance=chance(), base=BASE)
    with pytest.raises(GraphError, match="more than 60 seconds") as caught:
        await client.send(Call(method="POST", path="users/a/sendMail", repeatable=False))
    assert caught.value.fate_unknown
    await http.aclose()


async def test_no_error_holds_a_token() -> None:
    """Errors are logged and shown."""
    for answer in (failure(403), failure(500), httpx.ConnectError("no"), httpx.Response(200, text="no")):
        with pytest.raises(GraphError) as caught:
            await FakeGraph(answer).client.get("x", permission="Mail.Send")
        assert "token-1" not in str(caught.value)


async def test_a_failure_that_is_not_of_graph_is_told_by_its_status() -> None:
    """A proxy's page says nothing more."""
    with pytest.raises(GraphError, match="407"):
        await FakeGraph(httpx.Response(407, text="<html>")).client.get("x")
    with pytest.raises(GraphError, match="400"):
        await FakeGraph(httpx.Response(400, json={"error": "text"})).client.get("x")
