"""The way to the bot: only to the operator's own address, and every refusal says what to do."""

import random
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.vantage.push import MOST_ANSWER, Pusher, PushError, fault
from bot.vantage.spool import open_spool
from bot.vantage.wire import Answer, write_answer
from tests.vantage.rig import SECOND, SECRET, T0, Hand, sent


@pytest.mark.parametrize(
    "url",
    [
        "https://bot.example.com",
        "https://bot.example.com:8443/status/",
        "http://127.0.0.1:8025",
        "http://[::1]:8025",
        "http://localhost",
    ],
)
def test_https_is_good_and_plain_http_to_ourselves(url: str) -> None:
    assert fault(url) == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://bot.example.com", "https://"),
        ("http://10.0.0.1", "https://"),
        ("ftp://bot.example.com", "no address"),
        ("bot.example.com", "no address"),
        ("https://", "no address"),
        ("https://bot:99999", "no address"),
        ("https://[::1", "no address"),
        ("https://user:word@bot.example.com", "leave out user"),
        ("https://bot.example.com/?x=1", "leave out user"),
        ("https://bot.example.com/#x", "leave out user"),
    ],
)
def test_any_other_address_is_refused_with_a_reason(url: str, why: str) -> None:
    assert why in fault(url)


Answering = Callable[[httpx.Request], httpx.Response]


def answering(status: int, content: bytes = b"", headers: Mapping[str, str] | None = None) -> Answering:
    return lambda _: httpx.Response(status, content=content, headers=headers)


@pytest.fixture
async def pusher(tmp_path: Path) -> AsyncIterator[Callable[[Answering], Pusher]]:
    """Make a pusher whose bot answers as given."""
    clients: list[httpx.AsyncClient] = []
    with open_spool(tmp_path / "spool", now=lambda: T0) as spool:
        spool.append([sent(1)])

        def made(answer: Answering) -> Pusher:
            clients.append(httpx.AsyncClient(transport=httpx.MockTransport(answer)))
            return Pusher(
                url="https://bot.example.com/",
                vantage="tokyo",
                secret=SECRET,
                spool=spool,
                http=clients[-1],
                clock=Hand(),
                chance=random.Random(1),  # noqa: S311 - no secret
            )

        yield made
        assert len(spool) == 1
    for client in clients:
        await client.aclose()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (answering(302, headers={"location": "https://elsewhere.example"}), "do not follow"),
        (answering(401), "another secret"),
        (answering(404), "HTTP 404"),
        (answering(502, b"<html>Bad gateway</html>"), "HTTP 502"),
        (answering(403, b'{"error": "your clock is wrong"}'), "your clock is wrong"),
        (answering(200, b"<html>Sign in to the hotel's network</html>"), "is it the bot's address"),
        (answering(200, b"x" * (MOST_ANSWER + 1)), "is it the bot's address"),
    ],
)
async def test_every_refusal_says_what_it_was_and_nothing_is_let_go(
    pusher: Callable[[Answering], Pusher], answer: Answering, why: str
) -> None:
    with pytest.raises(PushError, match=why) as failed:
        await pusher(answer).flush()
    assert "bot.example.com" in str(failed.value)
    assert SECRET.get_secret_value() not in str(failed.value)


@pytest.mark.parametrize(
    ("wish", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("99999", timedelta(hours=1)),
        ("1.5", None),
        ("Wed, 21 Oct 2026", None),
        ("", None),
        ("9" * 99, None),
    ],
)
async def test_a_wish_to_wait_is_believed_within_reason(
    pusher: Callable[[Answering], Pusher], wish: str, wait: timedelta | None
) -> None:
    with pytest.raises(PushError) as failed:
        await pusher(answering(429, headers={"retry-after": wish})).flush()
    assert failed.value.retry_after == wait


async def test_nobody_there_is_said(pusher: Callable[[Answering], Pusher]) -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno 111] Connection refused", request=request)

    with pytest.raises(PushError, match=r"bot\.example\.com cannot be reached: .*refused"):
        await pusher(nobody).flush()


async def test_an_answer_for_a_part_keeps_the_rest(pusher: Callable[[Answering], Pusher]) -> None:
    """A bot of another version; ours takes all or nothing."""
    part = write_answer(Answer(taken=1, received=T0, answered=T0))
    with pytest.raises(PushError, match="only a part"):
        await pusher(answering(200, part)).flush()


async def test_a_push_that_waits_for_long_shows_that_it_lives(pusher: Callable[[Answering], Pusher]) -> None:
    """The bot may wish for an hour, in which nothing hangs."""
    asked: list[httpx.Request] = []

    def busy(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) > 1:
            raise KeyboardInterrupt
        return httpx.Response(503, headers={"retry-after": "300"})

    made, beats = pusher(busy), list[int]()
    assert isinstance(made.clock, Hand)
    waits = made.clock.waits
    with pytest.raises(KeyboardInterrupt):
        await made.run(lambda: beats.append(len(waits)))
    assert waits == [120 * SECOND, 120 * SECOND, 60 * SECOND]
    assert beats == [0, 1, 2, 3, 3]


async def test_the_retries_wait_as_long_as_the_bot_asks(pusher: Callable[[Answering], Pusher]) -> None:
    """Longer than our own backoff would."""
    asked: list[httpx.Request] = []

    def busy(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) > 2:
            raise KeyboardInterrupt
        return httpx.Response(503, headers={"retry-after": "77"})

    made = pusher(busy)
    with pytest.raises(KeyboardInterrupt):
        await made.run(lambda: None)
    assert isinstance(made.clock, Hand)
    assert made.clock.waits == [77 * SECOND, 77 * SECOND]
    assert [request.url for request in asked] == [httpx.URL("https://bot.example.com/vantages")] * 3
    assert asked[0].headers["x-mailstatus-time"] < asked[1].headers["x-mailstatus-time"]
