"""What imports aiohttp and slack_sdk, which takes half a second: one session, one time limit, no hidden second try."""

import logging
from collections.abc import Mapping
from datetime import timedelta

import structlog
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.address import FILES, RESPONSES, steadfast
from handlers.slack.trouble import SUCCESS, SlackError, refused

CONNECT_LIMIT = timedelta(seconds=5)

log = structlog.get_logger()
# At DEBUG it logs whole requests: people's words, and at an installation the client's secret.
logging.getLogger("slack_sdk").setLevel(logging.INFO)


class Wire:
    """A client of Slack's Web API; is made inside a running loop, and is to be closed."""

    def __init__(self, token: SecretStr, *, base_url: str, limit: timedelta) -> None:
        """Open a session; connections follow with the first calls."""
        limits = ClientTimeout(total=limit.total_seconds(), sock_connect=CONNECT_LIMIT.total_seconds())
        self._session = ClientSession(timeout=limits, middlewares=[steadfast])
        # slack_sdk's default handlers post a second time when the connection drops after Slack accepted the first.
        self._own = base_url
        self.client = AsyncWebClient(
            token=token.get_secret_value(), base_url=base_url, session=self._session, retry_handlers=[]
        )

    async def call(self, method: str, **body: dict[str, object]) -> Mapping[str, object]:
        """Call a method once with ``json=`` or ``data=``; raise SlackError where Slack said no or nobody knows."""
        try:
            answer = await self.client.api_call(method, json=body.get("json"), data=body.get("data"))
        except SlackApiError as error:
            raise _refused(method, error) from None
        except (TimeoutError, ClientError, OSError, ValueError, AttributeError, SlackClientError) as error:
            # AttributeError: slack_sdk 3.47 takes an answer of text/plain for a mapping.
            raise _lost(method, error) from None
        return answer.data if isinstance(answer.data, dict) else {}

    async def respond(self, url: str, body: Mapping[str, object]) -> None:
        """Post to a response URL once, if it is Slack's own; the person has moved on where that fails."""
        if RESPONSES.fault(url, own=self._own):
            log.warning("response_url_refused")
            return
        try:
            async with self._session.post(url, json=body, allow_redirects=False) as answer:
                if answer.status != SUCCESS:
                    log.warning("response_url_failed", status=answer.status)
        except (TimeoutError, ClientError, OSError) as error:
            log.warning("response_url_failed", why=type(error).__name__)

    async def upload(self, url: str, content: bytes) -> None:
        """Post a file's bytes to Slack's own address for them, once; raises SlackError. Nobody sees the file yet."""
        if FILES.fault(url, own=self._own):
            raise SlackError("Slack gave an address for a file that is not its own", permanent=True)
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with self._session.post(url, data=content, headers=headers, allow_redirects=False) as answer:
                if answer.status != SUCCESS:
                    raise refused("the upload of a file", answer.status, "", answer.headers.get("Retry-After"))
        except (TimeoutError, ClientError, OSError) as error:
            raise SlackError(f"Slack did not take a file ({type(error).__name__})") from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()


def _refused(method: str, error: SlackApiError) -> SlackError:
    """Read slack_sdk's error: its answer is slack_sdk's own, or aiohttp's where the body was no JSON."""
    answer = error.response
    status = getattr(answer, "status_code", 0) or getattr(answer, "status", 0)
    data = getattr(answer, "data", None)
    said = data if isinstance(data, dict) else {}
    code, needed = str(said.get("error") or ""), str(said.get("needed") or "")
    return refused(method, status, code, answer.headers.get("Retry-After"), needed=needed)


def _lost(method: str, error: Exception) -> SlackError:
    """Judge a call that brought no answer: only where no connection came about, nothing can have been posted."""
    said = f"Slack did not answer to {method} ({type(error).__name__})"
    return SlackError(said, unknown=not isinstance(error, ClientConnectorError))
