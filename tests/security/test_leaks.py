"""No error and no log of anything that speaks to the outside holds a secret, whatever the other side does."""

import logging
import ssl
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from bot.app.voices import VOICES, _lines
from handlers.slack.api import SlackApi
from tests.certificates import serving, write_certificate
from tests.handlers.examples import TestClock
from tests.security.hostile import FAULTS, hostile
from tests.security.speakers import EVERYBODY, LINES, SENDERS, bot_api
from tests.security.talking import SECRET, heard, traces


async def test_every_sender_is_tried(tmp_path: Path) -> None:
    """The lists of this test are the table of senders, and the lines to people."""
    assert set(SENDERS) == set(VOICES)
    async with bot_api("http://127.0.0.1:9", tmp_path) as teams:
        assert set(LINES) == set(_lines(SlackApi(SecretStr("xoxb-1")), teams, TestClock()))


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Give a certificate that nobody trusts."""
    return serving(write_certificate(tmp_path_factory.mktemp("tls")))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", EVERYBODY)
async def test_nothing_secret_is_said(
    name: str, fault: str, tls: ssl.SSLContext, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither by the error, its causes and its traceback, nor by any log, at any level."""
    caplog.set_level(logging.DEBUG)
    said = ""
    scheme = "https" if fault == "wrong certificate" else "http"
    with structlog.testing.capture_logs() as events:
        async with AsyncExitStack() as stack:
            port = await stack.enter_async_context(hostile(fault, tls))
            opening = EVERYBODY[name]
            talk = await stack.enter_async_context(opening(f"{scheme}://127.0.0.1:{port}", tmp_path))
            said = await heard(talk)
    logged = "\n".join([*map(str, events), *(record.getMessage() + str(record.exc_text) for record in caplog.records)])
    for trace in traces(SECRET):
        assert trace not in said
        assert trace not in logged
