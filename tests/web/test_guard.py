import base64

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.web.guard import HEADERS, Guard, SafeHeaders, credential
from bot.web.house import Keys
from tests.web.examples import alone, browser, ports

TOKEN = SecretStr("s3cret-t\u00f6ken")


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer anything."""
    await PlainTextResponse("hello", headers={"X-Frame-Options": "SAMEORIGIN"})(scope, receive, send)


def basic(password: str) -> str:
    """Write a browser's Authorization header."""
    return "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()


def admitting(token: SecretStr | None) -> Keys:
    """Admit the operator, by one token."""
    return Keys(token=token, house=alone(ports()))


GUARDED = Guard(hello, admits=admitting(TOKEN), unguarded=("/healthz",), refusal="needs the token")


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [
        pytest.param("/", "", 401, id="nobody"),
        pytest.param("/", "Bearer wrong", 401, id="a wrong token"),
        pytest.param("/", basic("wrong"), 401, id="a wrong password"),
        pytest.param("/", "Basic !!!", 401, id="no base64"),
        pytest.param("/", "Basic //8=", 401, id="no text"),
        pytest.param("/", "Digest x", 401, id="another scheme"),
        pytest.param("/", basic(TOKEN.get_secret_value()), 200, id="the token as any user's password"),
        pytest.param("/healthz", "", 200, id="health is open"),
        pytest.param("/healthz/more", "", 401, id="nothing below it is"),
        pytest.param("/healthzX", "", 401, id="nothing beside it is"),
    ],
)
async def test_who_may_look(path: str, header: str, status: int) -> None:
    async with browser(GUARDED) as client:
        answer = await client.get(path, headers={"Authorization": header} if header else {})
    assert answer.status_code == status
    if status == 401:
        assert "Basic realm" in answer.headers["www-authenticate"]
        assert TOKEN.get_secret_value() not in answer.text


async def test_a_bearer_token_opens() -> None:
    plain = Guard(hello, admits=admitting(SecretStr("plain")), unguarded=(), refusal="no")
    async with browser(plain) as client:
        assert (await client.get("/", headers={"Authorization": "Bearer plain"})).text == "hello"


async def test_without_a_token_everybody_may_look() -> None:
    async with browser(Guard(hello, admits=admitting(None), unguarded=(), refusal="no")) as client:
        assert (await client.get("/")).status_code == 200


async def test_every_answer_has_the_security_headers_and_keeps_its_own() -> None:
    async with browser(SafeHeaders(hello)) as client:
        headers = (await client.get("/")).headers
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert all(headers[name] == value for name, value in HEADERS.items() if name != "X-Frame-Options")


def test_no_inline_script_or_style_is_allowed() -> None:
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


async def test_other_protocols_pass_untouched() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        seen.append(scope["type"])

    async def nothing() -> dict[str, str]:
        return {}

    async def drop(_: object) -> None:
        return None

    await SafeHeaders(Guard(app, admits=admitting(TOKEN), unguarded=(), refusal=""))(
        {"type": "lifespan"}, nothing, drop
    )
    assert seen == ["lifespan"]


def test_a_credential_without_scheme_is_none() -> None:
    assert credential("") == ""


def test_the_routes_of_starlette_accept_the_guarded_app() -> None:
    assert Starlette(routes=[Route("/", GUARDED)]).routes
