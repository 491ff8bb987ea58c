"""One POST to a Workflows webhook through pymsteams: blocking, with a time limit, and silent about its address."""

import logging
import re
import socket
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

import pymsteams
import requests
from pydantic import SecretStr
from requests import ConnectTimeout, RequestException, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidURL, MissingSchema
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.outbox import SendError
from bot.outbox.backoff import retry_after

# At DEBUG it logs whole addresses, and a webhook's address lets anybody post.
logging.getLogger("urllib3").setLevel(logging.INFO)

CONNECT_LIMIT = timedelta(seconds=5)
TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
UNSURE = frozenset({408, 502, 504})
"""What a gateway says when the flow may have been started all the same."""
MENDED_BY: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "the flow did not understand the card; use the stock template for webhook requests",
    HTTPStatus.NOT_FOUND: "there is no such flow: it was deleted or switched off, or the address is cut short",
    HTTPStatus.GONE: "the flow was deleted; make a new webhook",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the card is too large, which is a fault of mailstatus: please report it",
}
NOT_LET_IN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
SHUT = frozenset({*NOT_LET_IN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""What a flow says that takes nothing at all until somebody mends it."""
UNSIGNED = (
    "the flow does not take the signature in its address: its trigger lets in only people of the tenant, or the "
    "address is an old one. Let anyone trigger it, then copy the address again"
)
UNTRUSTED = (
    "the flow does not take our token: in its trigger, let in any user of the tenant, or name the app's service "
    "principal (AZURE_CLIENT_ID) among the specific users"
)
MOVED = "Teams sent us to another address, where a message cannot follow: copy the flow's address again"
_CODE = re.compile(r"[A-Za-z]{3,60}")


class _Over(HTTPAdapter):
    """requests over a connection that somebody else made; the certificate is checked for the name all the same."""

    def __init__(self, line: socket.socket) -> None:
        super().__init__()

        class Connection(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                line.settimeout(CONNECT_LIMIT.total_seconds())
                return line

        class Pool(HTTPSConnectionPool):
            ConnectionCls = Connection

        self.poolmanager.pool_classes_by_scheme = {"https": Pool}


class _Hook(pymsteams.connectorcard):  # type: ignore[misc]  # pymsteams has no types
    """pymsteams as it is, but for what it cannot be given, a header and a connection, and for redirects."""

    def __init__(
        self, url: str, token: SecretStr | None, line: socket.socket | None, *, http_timeout: tuple[float, float]
    ) -> None:
        super().__init__(url, http_timeout=http_timeout)
        self._line = line
        self._headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}

    def send(self) -> bool:
        """Post once, to this address and no other."""
        with requests.Session() as session:
            if self._line:
                session.trust_env = False  # a proxy would look the name up once more
                session.mount("https://", _Over(self._line))
            self.last_http_response = session.post(
                self.hookurl, json=self.payload, headers=self._headers, timeout=self.http_timeout, allow_redirects=False
            )
        if not self.last_http_response.ok:
            raise pymsteams.TeamsWebhookException
        return True


def post(
    url: SecretStr,
    body: Mapping[str, object],
    *,
    limit: timedelta,
    token: SecretStr | None = None,
    line: socket.socket | None = None,
) -> None:
    """Post one body, over a connection if there is one; 202 says that the flow will run. Raises SendError."""
    limits = (CONNECT_LIMIT.total_seconds(), limit.total_seconds())
    hook = _Hook(url.get_secret_value(), token, line, http_timeout=limits)
    hook.payload = body
    try:
        hook.send()
    except pymsteams.TeamsWebhookException:
        raise _refused(hook.last_http_response, by_token=token is not None) from None
    except RequestException as error:  # its text holds the whole address, which is a secret
        raise _lost(error) from None
    if hook.last_http_response.is_redirect:
        raise SendError(MOVED, shut=True)


def _refused(answer: Response, *, by_token: bool) -> SendError:
    status = answer.status_code
    said = f"Teams answered HTTP {status}"
    if status in TRY_AGAIN:
        return SendError(said, retry_after=retry_after(answer.headers.get("Retry-After")), unknown=status in UNSURE)
    why = MENDED_BY.get(status, "it does not say why")
    if status in NOT_LET_IN:
        why = UNTRUSTED if by_token else UNSIGNED
    return SendError(f"{said}{_code(answer)}: {why}", permanent=True, shut=status in SHUT)


def _code(answer: Response) -> str:
    """Give the error's code, which tells one 401 from another; its text may hold anything."""
    try:
        code = answer.json()["error"]["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return f" ({code})" if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _lost(error: RequestException) -> SendError:
    if isinstance(error, InvalidURL | MissingSchema):
        return SendError("the address of the webhook is not an address", shut=True)
    return SendError(f"Teams could not be reached ({type(error).__name__})", unknown=not _never_connected(error))


def _never_connected(error: RequestException) -> bool:
    cause = error.args[0] if error.args else None
    refused = isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    return refused or isinstance(error, ConnectTimeout)
