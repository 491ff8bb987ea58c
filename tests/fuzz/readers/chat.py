"""What comes in from chats: bodies that an outgoing webhook of Teams signed, and what people type."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from pydantic import SecretStr

from handlers.asked import Asked
from handlers.slack.answer import body as slack_body
from handlers.teams.answer import card
from handlers.teams.listen import TeamsListener
from handlers.teams.render import envelope
from tests.fuzz.harness import NESTING, Read, Reader
from tests.fuzz.readers.evening import Seen, commands
from tests.handlers.examples import NOW
from tests.handlers.people import ANA
from tests.handlers.slack.limits import faults
from tests.handlers.teams.test_listen import SECRET as TOKEN
from tests.handlers.teams.test_listen import activity, post

LANGUAGES = ("en", "de", "fr", "es", "ja")
CARD_BYTES = 28 * 1024
"""What a Workflow takes."""


@contextmanager
def _typing() -> Iterator[Read]:
    """Let somebody type."""
    with asyncio.Runner() as runner:

        def typed(raw: bytes) -> None:
            with suppress(UnicodeDecodeError):
                _typed(raw, runner)

        yield typed


def _typed(raw: bytes, runner: asyncio.Runner) -> None:
    """Answer what somebody typed, in a language, and dress the answer for both platforms."""
    language = LANGUAGES[len(raw) % len(LANGUAGES)]
    text = raw.decode("utf-8", "surrogatepass" if len(raw) % 2 else "replace")
    asked = Asked(text=text, person=ANA, name=text[:80], language=language)
    answer = runner.run(commands().answer(asked))
    wrong = faults(list(slack_body(answer)["blocks"]))  # type: ignore[call-overload]  # a body's blocks are a list
    if wrong:
        raise AssertionError(f"Slack would refuse {wrong}")
    if len(json.dumps(envelope(card(answer))).encode()) > CARD_BYTES:
        raise AssertionError("Teams would refuse a card of this size")


@contextmanager
def _webhook() -> Iterator[Read]:
    """Open the way in from an outgoing webhook of Teams."""

    async def posted(raw: bytes) -> None:
        seen = Seen()
        desk = commands(seen)
        answered = await post(TeamsListener(SecretStr(TOKEN), lambda: desk, now=lambda: NOW), raw)
        if not 200 <= answered.status < 500:
            raise AssertionError(f"answered {answered.status}: {answered.body!r}")
        await seen.tell()

    with asyncio.Runner() as runner:
        yield lambda raw: runner.run(posted(raw))


_WORDS = (
    b" ", b"/", b"mute ", b"1h", b"99999d", b"-", b"subscribe ", b"quiet 22-7 ", b"share ", b"explain EX649175", b"details ", b"history 7d ",
    b"<@U1>", b"*", b"`", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xf0\x9f\x94\xa5", b"\0", b"\n", b"<at>", b"&", b"{{DATE(", b"\xd9\xa3", b"join ",
)  # fmt: skip

READERS: Mapping[str, Reader] = {
    "commands": Reader(
        opened=_typing,
        seeds=(
            b"mute 1h30 why",
            b"details",
            b"history 3d",
            b"explain EX649175",
            b"is outlook down?",
            b"subscribe severe outbound quiet 22:00-07:00",
            b"report mail is late",
            b"part EX649175",
            b"join EX649488 1",
            b"unmute",
            b"share outbound",
            b"hlep",
            b"warum kommt nichts an?",
            "メールは遅い".encode(),
        ),
        pieces=_WORDS,
    ),
    "teams-webhook": Reader(
        opened=_webhook,
        seeds=(activity("details"), activity("<b>mute</b> 1h &amp; wait")),
        pieces=(*NESTING, b"<", b"<at>", b"</at>", b"&", b"&#x41;", b"&nbsp;", b"null", b'"\\ud800"', b"\0"),
    ),
}
