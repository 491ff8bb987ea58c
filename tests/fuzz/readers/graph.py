"""What Graph may answer: service health, mail, calendars and errors, each through the watcher or mailbox that asks."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta

import httpx
from pydantic import SecretStr

from bot.mail import GraphCalendar, GraphInbox, GraphMailbox, MailError
from bot.microsoft import Call, EntraTokens, GraphClient, GraphError
from bot.types import AdvisorySeen
from bot.watch import FreeBusy, Habit, ServiceHealth
from tests.advisories.samples import TOLD, issue
from tests.fuzz.harness import NESTING, Read, Reader, whole
from tests.mail.test_graph_mail import LETTER
from tests.mail.worlds import NOON, SEAL, StillClock, chance
from tests.microsoft.entra import APP
from tests.microsoft.fake_graph import BASE, FakeGraph
from tests.microsoft.fake_graph import page as _page

PIECES = (*NESTING, b'"\\ud800"', b"9" * 40, b"\xff", b"\0", b"\xef\xbb\xbf", b"{}", b'"id":null,', b"\xff\xfe")
BOX = "canary@contoso.com"
Answers = list[httpx.Response]
Ask = Callable[[GraphClient, Answers, httpx.Response], Awaitable[None]]


class _Token(EntraTokens):
    """A token at hand."""

    async def token(self, _scope: str) -> SecretStr:
        return SecretStr("t")


class _Straight(GraphClient):
    """A client whose answers are at hand, in order, the last one for ever: all but the connection is the real one."""

    def __init__(self, http: httpx.AsyncClient, answers: Answers) -> None:
        super().__init__(http, _Token(APP), clock=StillClock(), chance=chance(), base=BASE)
        self._answers = answers

    async def _answer(self, _call: Call, _headers: Mapping[str, str]) -> httpx.Response:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def _asking(ask: Ask, *refusals: type[Exception]) -> Callable[[], AbstractContextManager[Read]]:
    """Open a reader of what a Graph answers to everything it is asked."""

    @contextmanager
    def opened() -> Iterator[Read]:
        with asyncio.Runner() as runner:
            graph, answers = FakeGraph(), Answers()
            graph.answers = answers  # type: ignore[assignment]  # those that it gives are of this kind alone
            straight = _Straight(graph.http, answers)

            async def asked(raw: bytes) -> None:
                graph.asked.clear()
                graph.waits.clear()
                answer = httpx.Response(200, content=raw, headers={"Content-Type": "application/json"})
                with suppress(*refusals):
                    await ask(graph.client if whole(raw) else straight, answers, answer)

            yield lambda raw: runner.run(asked(raw))
            runner.run(graph.http.aclose())

    return opened


async def _health(client: GraphClient, answers: Answers, answer: httpx.Response) -> None:
    """Look twice, so that what was listed is missed, and asked for by its name."""
    answers[:] = [answer, _page()]
    watch = ServiceHealth(client)
    for hours in (0, 1):
        for seen in await watch.look(NOON + timedelta(hours=hours)):
            if isinstance(seen, AdvisorySeen):
                json.dumps(seen.issue)
        answers[:] = [_page({"id": "EX1"}), answer]


async def _inbox(client: GraphClient, answers: Answers, answer: httpx.Response) -> None:
    answers[:] = [answer]
    await GraphInbox("bob", GraphMailbox(client, BOX), StillClock()).letters()


async def _calendar(client: GraphClient, answers: Answers, answer: httpx.Response) -> None:
    answers[:] = [answer]
    box = GraphMailbox(client, BOX)
    calendar = GraphCalendar(box, box, address=BOX, seal=SEAL)
    habit = Habit(every=timedelta(minutes=5), limit=timedelta(minutes=10))
    await FreeBusy("office", calendar, habit, clock=StillClock(), chance=chance()).look(NOON)


async def _error(client: GraphClient, answers: Answers, answer: httpx.Response) -> None:
    """Take the body for that of an error, and its beginning for headers."""
    said = answer.content[:40].decode("latin-1").translate({10: " ", 13: " "})
    headers = [(name, said.encode("latin-1")) for name in (b"Retry-After", b"request-id")]
    status = (400, 401, 403, 404, 429, 500, 503, 504)[len(answer.content) % 8]
    answers[:] = [httpx.Response(status, content=answer.content, headers=headers)]
    await client.call(Call(method="GET", path="x", permission="Mail.Send", repeatable=False))


def _raw(document: object) -> bytes:
    return json.dumps(document).encode()


_ROW = {"id": "AAMk/1=", "subject": LETTER["Subject"], "from": {"emailAddress": {"address": "postmaster@x.example"}}}
_HEADERS = [{"name": name, "value": value} for name, value in LETTER.headers.items()]
_SLOT = {"status": "busy", "start": {"dateTime": "2026-12-13T03:00:00.0000000", "timeZone": "UTC"}}

READERS: Mapping[str, Reader] = {
    "graph-health": Reader(
        opened=_asking(_health),
        seeds=(
            _raw({"value": [issue(row) for row in TOLD[:2]], "@odata.nextLink": f"{BASE}/admin?$skip=2"}),
            _raw({"value": [{"id": "EX1", "isResolved": False, "lastModifiedDateTime": "2026-11-23T11:00:00Z"}]}),
        ),
        pieces=PIECES,
    ),
    "graph-inbox": Reader(
        opened=_asking(_inbox, MailError),
        seeds=(_raw({"value": [_ROW], "internetMessageHeaders": _HEADERS}),),
        pieces=PIECES,
    ),
    "graph-calendar": Reader(
        opened=_asking(_calendar),
        seeds=(
            _raw({"value": [{"scheduleId": BOX, "scheduleItems": [_SLOT]}], "id": "AAMk1"}),
            _raw({"value": [{"error": {"responseCode": "ErrorMailRecipientNotFound", "message": "Not found."}}]}),
        ),
        pieces=PIECES,
    ),
    "graph-errors": Reader(
        opened=_asking(_error, GraphError),
        seeds=(
            b"17",
            b"Mon, 23 Nov 2026 12:00:10 GMT",
            _raw({"error": {"code": "UnknownError", "message": "No.", "innerError": {"request-id": "r-1"}}}),
        ),
        pieces=PIECES,
    ),
}
