import asyncio
import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from bot.mail import (
    Accepted,
    FateUnknown,
    GraphInbox,
    GraphMailbox,
    GraphSender,
    Letter,
    MailError,
    NoAnswer,
    OwnTrouble,
    Probe,
    Refusal,
    compose,
    probe_of,
)
from bot.mail.bounces import may_be_report
from bot.mail.headers import header, parse
from tests.mail.test_bounces import FAILED, dsn
from tests.mail.worlds import NOON, PROBE, SEAL, mailbox
from tests.microsoft.contract import check
from tests.microsoft.fake_graph import BASE, FakeGraph, failure, page

LETTER = compose(PROBE, SEAL, sender=mailbox("alice"), receiver=mailbox("bob"))
EVERY_DAY = b"From: carol@x.example\r\nSubject: Lunch?\r\n\r\nhi"


class Mailboxes:
    """A Graph with one mailbox that remembers; every request and answer is checked against the contract."""

    def __init__(self) -> None:
        self.folders: dict[str, dict[str, bytes]] = {"inbox": {}, "junkemail": {}}
        self.deleted: list[str] = []
        self.erased: list[str] = []
        self.can_erase = False
        self.failure: httpx.Response | None = None
        self.at_once = self.most_at_once = 0
        self.graph = FakeGraph(self._answer)
        self.mailbox = GraphMailbox(self.graph.client, "bob@test.example")
        self.inbox = GraphInbox("bob", self.mailbox, self.graph.clock)

    def put(self, raw: bytes, folder: str = "inbox", key: str = "") -> None:
        self.folders[folder][key or f"AAMk/{len(self.folders[folder])}="] = raw

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = unquote(request.url.raw_path.decode().partition("?")[0]).removeprefix("/v1.0/users/bob@test.example/")
        assert request.method == "POST" or request.headers["Prefer"] == 'IdType="ImmutableId"'
        answer = self.failure or self._found(request, path)
        if answer.is_success:
            check(request, answer)
        return answer

    def _found(self, request: httpx.Request, path: str) -> httpx.Response:
        if path.startswith("mailFolders/"):
            return self._list(path.split("/")[1], request.url.params.get("$filter", ""))
        key = path.removeprefix("messages/").removesuffix("/permanentDelete")
        if path.endswith("/permanentDelete"):
            return self._erase(key)
        if request.method == "DELETE":
            return self._delete(key)
        raw = self._message(key.removesuffix("/$value"))
        if raw is None:
            return failure(404)
        if key.endswith("/$value"):
            return httpx.Response(200, content=raw, headers={"Content-Type": "text/plain"})
        listed = [{"name": name, "value": str(value)} for name, value in parse(raw).items()]
        return httpx.Response(200, json={"id": key, "internetMessageHeaders": listed})

    def _list(self, folder: str, wanted: str) -> httpx.Response:
        rows = []
        for key, raw in self.folders[folder].items():
            subject, sender = header(parse(raw), "Subject"), header(parse(raw), "From")
            if not wanted or "[mailstatus]" in subject:
                rows.append({"id": key, "subject": subject, "from": {"emailAddress": {"address": sender}}})
        assert wanted in {"", "contains(subject,'[mailstatus]')"}
        return httpx.Response(200, json={"value": rows})

    def _message(self, key: str) -> bytes | None:
        return next((folder[key] for folder in self.folders.values() if key in folder), None)

    def _drop(self, key: str) -> bool:
        return any(folder.pop(key, None) is not None for folder in self.folders.values())

    def _delete(self, key: str) -> httpx.Response:
        self.deleted.append(key)
        return httpx.Response(204) if self._drop(key) else failure(404)

    def _erase(self, key: str) -> httpx.Response:
        if not self.can_erase:
            return failure(400, "BadRequest", "Resource not found for the segment 'permanentDelete'.")
        self.erased.append(key)
        return httpx.Response(204) if self._drop(key) else failure(404)


async def test_a_message_is_sent_as_the_contract_wants_it_and_leaves_no_copy() -> None:
    """Sent Items would fill with test messages."""
    graph = FakeGraph(httpx.Response(202))
    assert await GraphSender(GraphMailbox(graph.client, "alice@test.example")).send(LETTER) == Accepted(
        reply="202 Accepted"
    )
    (request,) = graph.asked
    check(request, httpx.Response(202))
    sent: dict[str, Any] = json.loads(request.content)
    assert sent["saveToSentItems"] is False
    assert SEAL.find(sent["message"]["subject"]) == PROBE
    assert sent["message"]["internetMessageHeaders"][0] == {"name": "X-Mailstatus-Probe", "value": SEAL.token(PROBE)}
    assert sent["message"]["body"]["content"].startswith("This is a test message.")


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        pytest.param(failure(500), Refusal, "500", id="the server says no"),
        pytest.param(failure(503), Refusal, "503", id="unavailable"),
        pytest.param(failure(504), FateUnknown, "504", id="a gateway lost sight of it"),
        pytest.param(httpx.ReadTimeout("slow"), FateUnknown, "slow", id="no answer came back"),
        pytest.param(httpx.ConnectError("no route"), NoAnswer, "no route", id="never handed over"),
        pytest.param(failure(403, "ErrorAccessDenied"), OwnTrouble, "permission Mail.Send", id="not allowed"),
        pytest.param(failure(404, "ErrorInvalidUser"), OwnTrouble, "ErrorInvalidUser", id="no such mailbox"),
        pytest.param(failure(429, "ApplicationThrottled", Retry_After="99"), OwnTrouble, "Throttled", id="throttled"),
    ],
)
async def test_what_graph_does_with_a_message_is_told_apart(
    answer: httpx.Response | Exception, kind: type[object], words: str
) -> None:
    """And whatever it is, the message went out once at most."""
    graph = FakeGraph(answer)
    outcome = await GraphSender(GraphMailbox(graph.client, "alice@test.example")).send(LETTER)
    assert isinstance(outcome, kind)
    assert words in str(outcome)
    assert len(graph.asked) == 1


@pytest.mark.parametrize(("status", "advice"), [(429, "Send less often with alice@test.example."), (507, "Empty it.")])
async def test_throttling_and_a_full_mailbox_come_with_what_to_do(status: int, advice: str) -> None:
    """As over SMTP."""
    graph = FakeGraph(failure(status, Retry_After="99"))
    outcome = await GraphSender(GraphMailbox(graph.client, "alice@test.example")).send(LETTER)
    assert isinstance(outcome, OwnTrouble)
    assert outcome.advice.endswith(advice)


async def test_a_refused_token_is_the_canarys_own_trouble() -> None:
    """With what Entra said."""
    graph = FakeGraph(httpx.Response(202))
    graph.entra.refusal = {
        "error": "invalid_client",
        "error_description": "AADSTS7000222: no",
        "error_codes": [7000222],
    }
    outcome = await GraphSender(GraphMailbox(graph.client, "alice@test.example")).send(LETTER)
    assert isinstance(outcome, OwnTrouble)
    assert "has expired" in outcome.reply


async def test_our_messages_are_found_in_both_folders_once() -> None:
    """Other people's are not opened."""
    world = Mailboxes()
    world.put(LETTER.as_bytes())
    world.put(LETTER.as_bytes(), "junkemail", "junk1")
    world.put(EVERY_DAY)
    found = await world.inbox.letters()
    assert [(letter.folder, probe_of(letter.headers, SEAL)) for letter in found] == [("inbox", PROBE), ("junk", PROBE)]
    assert await world.inbox.letters() == []
    opened = [request for request in world.graph.asked if "$select=internetMessageHeaders" in str(request.url)]
    assert len(opened) == 2


async def test_reports_are_found_whether_they_quote_our_subject_or_not() -> None:
    """Exchange quotes it, others do not."""
    world = Mailboxes()
    world.put(dsn(FAILED, subject=f"Undeliverable: {LETTER['Subject']}"), key="quotes")
    world.put(dsn(FAILED, subject="Undelivered Mail Returned to Sender"), key="does not")
    found = await world.inbox.letters()
    assert [letter.key for letter in found] == ["quotes", "does not"]
    assert all(may_be_report(letter.headers) for letter in found)
    assert (await world.inbox.whole(found[0])).get_content_type() == "multipart/report"


async def test_of_a_huge_message_only_the_beginning_is_read() -> None:
    """Anybody may send one that looks like a report."""
    world = Mailboxes()
    world.put(dsn(FAILED) + b"x" * 1_000_000)
    (letter,) = await world.inbox.letters()
    whole = await world.inbox.whole(letter)
    assert 100_000 < len(whole.as_bytes()) < 300_000


@pytest.mark.parametrize("can_erase", [True, False])
async def test_a_measured_message_is_deleted(*, can_erase: bool) -> None:
    """For good where Graph can, and it is asked only once whether it can."""
    world = Mailboxes()
    world.can_erase = can_erase
    for number in range(2):
        world.put(LETTER.as_bytes(), key=f"id/{number}=")
    for letter in await world.inbox.letters():
        await world.inbox.delete(letter)
    keys = ["id/0=", "id/1="]
    assert (world.erased, world.deleted) == ((keys, []) if can_erase else ([], keys))
    assert world.folders["inbox"] == {}


async def test_a_message_that_is_gone_after_it_was_listed_is_passed_over() -> None:
    """Somebody was faster, or a rule moved it; the others are found all the same."""
    world = Mailboxes()
    world.put(LETTER.as_bytes(), key="gone")
    world.put(LETTER.as_bytes(), key="there")
    world.graph.answers = [world._answer, world._answer, world._answer, failure(404), world._answer]
    assert [letter.key for letter in await world.inbox.letters()] == ["there"]


@pytest.mark.parametrize("can_erase", [True, False])
async def test_a_message_that_is_gone_needs_no_deleting(*, can_erase: bool) -> None:
    """Somebody was faster."""
    world = Mailboxes()
    world.can_erase = can_erase
    await world.inbox.delete(Letter(key="gone", folder="inbox", headers=parse(b""), told=NOON))


async def test_a_mailbox_that_cannot_be_read_is_an_error_with_its_name_and_what_to_do() -> None:
    """For each of the three ways to use it."""
    world = Mailboxes()
    world.put(LETTER.as_bytes())
    (letter,) = await world.inbox.letters()
    world.failure = failure(403, "ErrorAccessDenied")
    for work in (world.inbox.letters(), world.inbox.whole(letter), world.inbox.delete(letter)):
        with pytest.raises(MailError, match=r"The mailbox bob cannot be read: .* permission Mail\.ReadWrite"):
            await work


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b'{"value": null}', b'{"value": [{"id": "AAMk/1="}, {}]}' + b"]", b'{"value":' * 40_000],
)
async def test_an_answer_of_another_shape_is_an_error(body: bytes) -> None:
    """To each of the questions."""
    world = Mailboxes()
    world.graph.answers = [httpx.Response(200, json={"value": []}), httpx.Response(200, json={"value": []})]
    world.graph.answers.append(httpx.Response(200, content=body))
    with pytest.raises(MailError, match="The mailbox bob cannot be read: Graph answered with"):
        await world.inbox.letters()


async def test_what_is_odd_in_a_list_is_left_out() -> None:
    """Rows without an id, senders and headers of another shape."""
    world = Mailboxes()
    rows: list[object] = [{"subject": "x"}, None, {"id": "AAMk/1=", "subject": ["x"], "from": {"emailAddress": "x"}}]
    headers: list[object] = [None, "x", {"name": {}, "value": "x"}, {"name": "X-Odd", "value": [1]}, {"value": "x"}]
    world.graph.answers = [httpx.Response(200, json={"value": rows, "internetMessageHeaders": headers})]
    (letter,) = await world.inbox.letters()
    assert letter.key == "AAMk/1="
    assert dict(letter.headers) == {"Subject": "['x']", "From": "", "X-Odd": "[1]"}


async def test_a_look_that_fails_halfway_loses_nothing() -> None:
    """What it found is found again."""
    world = Mailboxes()
    world.put(LETTER.as_bytes())
    world.graph.answers = [world._answer, world._answer, world._answer, failure(403), world._answer]
    with pytest.raises(MailError):
        await world.inbox.letters()
    assert len(await world.inbox.letters()) == 1


async def test_a_mailbox_is_asked_four_things_at_a_time_at_most() -> None:
    """Exchange refuses the fifth."""
    running = most = 0
    gate = asyncio.Event()

    async def hold(_: httpx.Request) -> httpx.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await gate.wait()
        running -= 1
        return httpx.Response(202)

    graph = FakeGraph(httpx.Response(202))
    graph.client._http = httpx.AsyncClient(transport=httpx.MockTransport(hold))
    sender = GraphSender(GraphMailbox(graph.client, "alice@test.example"))
    sending = [asyncio.create_task(sender.send(LETTER)) for _ in range(9)]
    await graph.client._tokens.token("x")
    for _ in range(50):
        await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*sending)
    assert 1 <= most <= 4


async def test_nobody_tells_of_new_mail_over_graph() -> None:
    """So the caller polls."""
    world = Mailboxes()
    assert not await world.inbox.wait()
    await world.inbox.close()
    assert world.graph.asked == []


def heap(world: Mailboxes, number: int) -> None:
    for index in range(number):
        probe = Probe(id=f"{index:016x}", route="outbound-eu", sent=NOON)
        world.put(compose(probe, SEAL, sender=mailbox("alice"), receiver=mailbox("bob")).as_bytes(), key=f"k{index}")


async def test_a_heap_of_test_messages_is_read_step_by_step() -> None:
    """One look takes a hundred, and only after one that left nothing behind it is known what was not there yet."""
    world = Mailboxes()
    await world.inbox.letters()
    world.graph.clock.time += timedelta(seconds=15)
    heap(world, 105)
    first, then = await world.inbox.letters(), world.graph.clock.now()
    world.graph.clock.time += timedelta(seconds=15)
    rest, last = await world.inbox.letters(), world.graph.clock.now()
    assert (len(first), len(rest)) == (100, 5)
    assert (first[0].untold, first[0].told) == (NOON, then)
    assert (rest[0].untold, rest[0].told) == (NOON, last)
    assert await world.inbox.letters() == []


async def test_more_old_messages_than_a_look_can_list_fail_nothing() -> None:
    """They could not be deleted; what is above them and in the other folder is found all the same."""
    row: dict[str, object] = {"id": "old", "subject": "[mailstatus]", "from": {}}
    link = f"{BASE}/users/bob@test.example/mailFolders/inbox/messages?$skip=250"

    def answer(request: httpx.Request) -> httpx.Response:
        if "messages/" in request.url.path:
            return httpx.Response(200, json={"internetMessageHeaders": []})
        if "junkemail" in request.url.path:
            return page({**row, "id": "new"})
        return page(*[row] * 250, link=link) if "$top" not in request.url.params else page(row, link=link)

    graph = FakeGraph(answer)
    inbox = GraphInbox("bob", GraphMailbox(graph.client, "bob@test.example"), graph.clock)
    assert [one.key for one in await inbox.letters()] == ["old", "new"]
    assert await inbox.letters() == []
    assert len(graph.asked) < 60
