"""A Graph in memory behind httpx, which keeps what it was asked."""

from collections.abc import Callable
from datetime import timedelta

import httpx

from bot.microsoft import GraphClient, open_http
from tests.mail.worlds import StillClock, chance
from tests.microsoft.entra import FakeEntra

BASE = "https://graph.test.example/v1.0"


class FakeGraph:
    """Gives its answers in order, the last one for ever."""

    def __init__(self, *answers: httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]) -> None:
        """Take answers, errors to raise, or functions of the request."""
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.clock = StillClock()
        self.entra = FakeEntra()
        self.http = open_http(transport=httpx.MockTransport(self._answer))
        self.client = GraphClient(self.http, self.entra.tokens(), clock=self.clock, chance=chance(), base=BASE)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    @property
    def waits(self) -> list[timedelta]:
        """How long the client waited between its attempts."""
        return self.clock.slept


def page(*elements: dict[str, object], link: str | None = None) -> httpx.Response:
    """Make one page of a collection."""
    return httpx.Response(200, json={"value": list(elements), **({"@odata.nextLink": link} if link else {})})


def failure(status: int, code: str = "UnknownError", message: str = "", **headers: str) -> httpx.Response:
    """Make a failure as Graph writes it, a header's name with underscores for dashes."""
    body = {"error": {"code": code, "message": message, "innerError": {"request-id": "3f1c-1"}}}
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): text for name, text in headers.items()})
