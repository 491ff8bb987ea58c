import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.app.heartbeat import Heartbeat, shape
from bot.web.health import Health, Mouth, failing
from tests.demo.loops import without_waiting
from tests.web.examples import GOOD_HEALTH, NOW

KEY = "0b1d2c3e-secret"
URL = f"https://hc-ping.example/{KEY}"
KUMA = f"https://kuma.example/api/push/{KEY}?status=up&msg=OK&ping="
BLIND = replace(GOOD_HEALTH, sees=False)

Answer = Callable[[httpx.Request], httpx.Response]


class Receiver:
    """Takes calls, and answers them by a list, then with 200."""

    def __init__(self, *answers: int | httpx.Response | httpx.HTTPError) -> None:
        self._answers = [*answers]
        self.calls: list[tuple[str, str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Note the call."""
        target = request.url.raw_path.decode().replace(KEY, "KEY")
        self.calls.append((request.method, target, request.content.decode()))
        answer = self._answers.pop(0) if self._answers else 200
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return httpx.Response(answer) if isinstance(answer, int) else answer


class Now:
    """How the bot is, to be changed by the test."""

    def __init__(self, health: Health = GOOD_HEALTH) -> None:
        self.health = health

    def __call__(self) -> Health:
        """Tell it."""
        return self.health


@asynccontextmanager
async def opened(receiver: Receiver, now: Now, url: str = URL) -> AsyncIterator[Heartbeat]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(receiver)) as http:
        yield Heartbeat(url=SecretStr(url), http=http, health=now, chance=random.Random(0))  # noqa: S311 - jitter


async def rounds(heart: Heartbeat, times: int) -> None:
    url = httpx.URL(heart.url.get_secret_value())
    for _ in range(times):
        await heart.round(shape(url), url)


async def test_a_bot_that_works_calls_the_address() -> None:
    receiver = Receiver()
    async with opened(receiver, Now()) as heart:
        await rounds(heart, 2)
    assert receiver.calls == [("POST", "/KEY", "")] * 2
    assert (heart.taken, heart.error) == (NOW, "")


async def test_one_that_cannot_work_is_silent_once_and_then_says_why_until_it_can() -> None:
    receiver, now = Receiver(), Now(BLIND)
    async with opened(receiver, now) as heart:
        await rounds(heart, 1)
        assert receiver.calls == []
        await rounds(heart, 2)
        assert receiver.calls == [("POST", "/KEY/fail", "cannot_see")] * 2
        now.health = GOOD_HEALTH
        await rounds(heart, 1)
        assert receiver.calls[-1] == ("POST", "/KEY", "")


async def test_uptime_kuma_is_pushed_to_in_its_own_shape() -> None:
    receiver, now = Receiver(), Now()
    async with opened(receiver, now, KUMA) as heart:
        await rounds(heart, 1)
        now.health = BLIND
        await rounds(heart, 2)
    assert receiver.calls == [
        ("GET", "/api/push/KEY?status=up&msg=OK&ping=", ""),
        ("GET", "/api/push/KEY?status=down&msg=cannot_see&ping=", ""),
    ]


@without_waiting
async def test_what_fails_for_a_moment_is_tried_again_within_the_round() -> None:
    slow = httpx.Response(429, headers={"Retry-After": "30"})
    receiver = Receiver(httpx.ConnectError("refused"), slow)
    async with opened(receiver, Now()) as heart:
        await rounds(heart, 1)
    assert len(receiver.calls) == 3
    assert heart.error == ""


@without_waiting
async def test_a_receiver_that_is_gone_costs_three_tries_and_is_shown() -> None:
    receiver = Receiver(*[503] * 3)
    async with opened(receiver, Now()) as heart:
        await rounds(heart, 1)
    assert len(receiver.calls) == 3
    assert (heart.taken, heart.error) == (None, "answered HTTP 503")


async def test_an_address_that_is_wrong_is_not_tried_again_and_no_redirect_is_followed() -> None:
    receiver = Receiver(404, httpx.Response(302, headers={"Location": "https://elsewhere.example/"}))
    async with opened(receiver, Now()) as heart:
        await rounds(heart, 1)
        assert heart.error == "answered HTTP 404"
        await rounds(heart, 1)
    assert len(receiver.calls) == 2


@without_waiting
async def test_the_address_stands_in_no_log_and_no_error() -> None:
    receiver = Receiver(*[httpx.ConnectError(f"no way to {URL}")] * 3, 404)
    with capture_logs() as logs:
        async with opened(receiver, Now()) as heart:
            await rounds(heart, 2)
            assert KEY not in repr(heart)
    assert logs
    assert KEY not in repr(logs)


@without_waiting
async def test_it_says_that_it_starts_and_comes_round_each_minute() -> None:
    receiver, beats = Receiver(), 0

    class StopError(Exception):
        """Ends the loop."""

    def beat() -> None:
        nonlocal beats
        beats += 1
        if beats == 3:
            raise StopError

    async with opened(receiver, Now()) as heart:
        with pytest.raises(StopError):
            await heart.run(beat)
    assert [target for _, target, _ in receiver.calls] == ["/KEY/start", "/KEY", "/KEY", "/KEY"]


@pytest.mark.parametrize(
    ("health", "reasons"),
    [
        pytest.param(GOOD_HEALTH, (), id="all is well"),
        pytest.param(BLIND, ("cannot_see",), id="nothing can be seen"),
        pytest.param(replace(GOOD_HEALTH, store=False), ("store_down",), id="nothing can be saved"),
        pytest.param(
            replace(GOOD_HEALTH, tells=False, mouths=(Mouth(name="ops", error="gone"), Mouth(name="it"))),
            (),
            id="one of two channels is told by the other",
        ),
        pytest.param(
            replace(GOOD_HEALTH, tells=False, mouths=(Mouth(name="ops", error="gone"),)),
            ("cannot_tell",),
            id="nobody can be told",
        ),
        pytest.param(replace(GOOD_HEALTH, hears=False), (), id="to be deaf is not to be mute"),
        pytest.param(
            replace(GOOD_HEALTH, beats=(replace(GOOD_HEALTH.beats[0], age=timedelta(hours=1)),)),
            ("loop_stuck: canary",),
            id="a loop hangs",
        ),
    ],
)
def test_a_failure_is_what_keeps_the_bot_from_its_work(health: Health, reasons: tuple[str, ...]) -> None:
    assert failing(health) == reasons
