"""No error and no log of anything that speaks to the outside holds a secret, whatever the other side does."""

import logging
import ssl
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import structlog

from bot.app.voices import VOICES
from tests.certificates import serving, write_certificate
from tests.security.hostile import FAULTS, hostile
from tests.security.speakers import OTHERS, SENDERS
from tests.security.talking import SECRET, heard, traces


def test_every_sender_is_tried() -> None:
    """The list of this test is the table of senders."""
    assert set(SENDERS) == set(VOICES)


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Give a certificate that nobody trusts."""
    return serving(write_certificate(tmp_path_factory.mktemp("tls")))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", [*SENDERS, *OTHERS])
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
            opening = {**SENDERS, **OTHERS}[name]
            talk = await stack.enter_async_context(opening(f"{scheme}://127.0.0.1:{port}", tmp_path))
            said = await heard(talk)
    logged = "\n".join([*map(str, events), *(record.getMessage() + str(record.exc_text) for record in caplog.records)])
    for trace in traces(SECRET):
        assert trace not in said
        assert trace not in logged
