"""What comes in over a line or by a signed request: replies of mail servers, the Teams bot, vantages."""

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.mail import Mailbox, Security, Server, SmtpSender
from bot.recording import write
from bot.types import Observation
from bot.vantage.wire import EPOCH, SIGNATURE, SPOOL, TIME, VANTAGE, micros, sign, write_batch
from handlers.vantage.guard import Guard
from handlers.vantage.listen import Ports, VantageListener
from tests.fuzz.harness import NESTING, Read, Reader
from tests.handlers.asgi import Answered, receiving
from tests.handlers.examples import TestClock
from tests.handlers.teams.bot.rig import activity, rig
from tests.vantage.rig import ROUTES, T0, arrived, sent
from tests.vantage.rig import SECRET as SHARED

A_PUSH = timedelta(seconds=0.6)
"""Between two pushes: fewer than a vantage may send in a minute."""
ID = b"1700000000001"
URL = b"http://teams.invalid"


@contextmanager
def _smtp() -> Iterator[Read]:
    """Open a server on loopback that says what it is given, and hangs up."""
    said: list[bytes] = []

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said[-1])
        writer.write_eof()
        writer.close()

    letter = EmailMessage()
    letter["From"] = letter["To"] = "a@example.org"
    with asyncio.Runner() as runner:
        server = runner.run(asyncio.start_server(serve, "127.0.0.1", 0))
        at = Server(host="127.0.0.1", port=server.sockets[0].getsockname()[1], security=Security.PLAIN)
        box = Mailbox(name="a", address="a@example.org", smtp=at, imap=at, secret=SecretStr("x"))
        sender = SmtpSender(box, run_seconds=2)

        def read(raw: bytes) -> None:
            said[:] = [raw]
            runner.run(sender.send(letter))

        yield read
        server.close()


def _bot(by: Callable[[bytes, str], tuple[bytes, str]]) -> Callable[[], Any]:
    """Open the Teams bot's door; ``by`` makes body and token of what is fed and of a sound token."""

    @contextmanager
    def opened() -> Iterator[Read]:
        with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
            stack = AsyncExitStack()
            it = runner.run(stack.enter_async_context(rig(Path(folder))))
            token, count = it.signer.token(it.url), iter(range(10**12, 2 * 10**12))

            async def posted(raw: bytes) -> None:
                body, given = by(raw, token)
                body = body.replace(URL, it.url.encode()).replace(ID, str(next(count)).encode())
                answered = await it.deliver(None, token=f"Bearer {given}", body=body)
                if not 200 <= answered.status < 500 and answered.status not in {501, 503}:
                    raise AssertionError(f"answered {answered.status}: {answered.body!r}")

            yield lambda raw: runner.run(posted(raw))
            runner.run(stack.aclose())

    return opened


def _token(raw: bytes, token: str) -> tuple[bytes, str]:
    """Put what is fed in the place of the token, with a sound signature's parts where it asks for them."""
    head, claims, signature = token.split(".")
    text = raw.decode("latin-1").replace("HEAD", head).replace("CLAIMS", claims).replace("SIGNATURE", signature)
    return SAID, text.encode("latin-1", "replace").decode("latin-1")


@contextmanager
def _vantage() -> Iterator[Read]:
    """Open the way in for far vantages, with one that signs whatever it is given."""
    clock = TestClock()
    clock.at = T0
    ports = Ports(routes=ROUTES, known=_known, take=_take, suspects=lambda _: (), now=clock.now)
    listener = VantageListener(Guard({"tokyo": SHARED}, now=clock.now), ports)

    async def pushed(raw: bytes) -> None:
        clock.at += A_PUSH
        headers = {VANTAGE: "tokyo", SPOOL: "0123456789abcdef", TIME: str(micros(clock.at))}
        signed = {**headers, SIGNATURE: sign(SHARED, headers, raw)}
        named = [(name.encode(), value.encode()) for name, value in signed.items()]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": named}
        answered = Answered()
        await listener(scope, receiving(raw), answered.send)
        if not 200 <= answered.status < 500:
            raise AssertionError(f"answered {answered.status}: {answered.body!r}")

    with asyncio.Runner() as runner:
        yield lambda raw: runner.run(pushed(raw))


async def _known(_vantage: str, _spool: str) -> Mapping[str, Any]:
    return {}


async def _take(*_: object, **__: object) -> None:
    """Save nothing."""


SAID = json.dumps(activity(URL.decode(), text="<at>mailstatus</at> details")).encode()
_SEEN: tuple[Observation, ...] = (sent(1), arrived(1))
_LINES = tuple(json.dumps({"n": n, **json.loads(write(one, epoch=EPOCH))}) for n, one in enumerate(_SEEN, 1))
PUSH = write_batch(_LINES, offset=timedelta())

READERS: Mapping[str, Reader] = {
    "smtp-replies": Reader(
        opened=_smtp,
        seeds=(
            b"220 ready\r\n250-hello\r\n250 AUTH PLAIN LOGIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n",
            b"220 ready\r\n250 hello\r\n550-5.7.1 no,\r\n550 5.7.1 never\r\n",
            b"554 5.7.1 go away\r\n",
        ),
        pieces=(
            b"-",
            b"\r\n",
            b"550 5.1.1 no\r\n",
            b"250-AUTH X\r\n",
            b"999 ",
            b"2",
            b"\xff",
            b"\0",
            b"\n",
            b"334 !!\r\n",
        ),
    ),
    "teams-bot": Reader(
        opened=_bot(lambda raw, token: (raw, token)),
        seeds=(
            SAID,
            json.dumps(activity(URL.decode(), type="conversationUpdate", membersAdded=[{"id": "x"}])).encode(),
        ),
        pieces=(*NESTING, b"null", b'"\\ud800"', b"<at>", b"\0", b'"type":"invoke",'),
    ),
    "teams-tokens": Reader(
        opened=_bot(_token),
        seeds=(b"HEAD.CLAIMS.SIGNATURE", b"HEAD.CLAIMS.", b"eyJhbGciOiJub25lIn0.CLAIMS."),
        pieces=(b".", b"=", b"eyJ", b"-", b"HEAD", b"\xff", b"A"),
    ),
    "vantage-door": Reader(opened=_vantage, seeds=(PUSH,), pieces=(*NESTING, b"\n", b'"n": 5,', b"null", b"1e308")),
}
