"""One POST to a Workflows webhook through pymsteams: blocking, with a time limit, and silent about its address."""

import logging
import math
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

import pymsteams
from pydantic import SecretStr
from requests import ConnectTimeout, RequestException, Response
from requests.exceptions import InvalidURL, MissingSchema
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.outbox import SendError

# At DEBUG it logs whole addresses, and a webhook's address lets anybody post.
logging.getLogger("urllib3").setLevel(logging.INFO)

CONNECT_LIMIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
UNSURE = frozenset({408, 502, 504})
"""What a gateway says when the flow may have been started all the same."""
MENDED_BY: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "the flow did not understand the card; use the stock template for webhook requests",
    HTTPStatus.UNAUTHORIZED: "the flow lets only people of the tenant trigger it; let anyone trigger it",
    HTTPStatus.FORBIDDEN: "the flow does not let us trigger it; make a new webhook",
    HTTPStatus.NOT_FOUND: "there is no such flow: it was deleted or switched off, or the address is cut short",
    HTTPStatus.GONE: "the flow was deleted; make a new webhook",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the card is too large, which is a fault of mailstatus: please report it",
}


def post(url: SecretStr, body: Mapping[str, object], *, limit: timedelta) -> None:
    """Post one body; 202 says that the flow will run, and no more. Raises SendError."""
    limits = (CONNECT_LIMIT.total_seconds(), limit.total_seconds())
    hook = pymsteams.connectorcard(url.get_secret_value(), http_timeout=limits)
    hook.payload = body
    try:
        hook.send()
    except pymsteams.TeamsWebhookException:
        raise _refused(hook.last_http_response) from None
    except RequestException as error:  # its text holds the whole address, which is a secret
        raise _lost(error) from None
    if hook.last_http_response.history:
        raise SendError("Teams sent us to another address, which a webhook must not: set the new one", permanent=True)


def wanted(retry_after: str | None) -> timedelta | None:
    """Read Retry-After in seconds; None where there is none that can be read or believed."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return None
    return min(timedelta(seconds=seconds), LONGEST_WAIT) if math.isfinite(seconds) and seconds > 0 else None


def _refused(answer: Response) -> SendError:
    status = answer.status_code
    said = f"Teams answered HTTP {status}"
    if status in TRY_AGAIN:
        return SendError(said, retry_after=wanted(answer.headers.get("Retry-After")), unknown=status in UNSURE)
    return SendError(f"{said}: {MENDED_BY.get(status, 'it does not say why')}", permanent=True)


def _lost(error: RequestException) -> SendError:
    if isinstance(error, InvalidURL | MissingSchema):
        return SendError("the address of the webhook is not an address", permanent=True)
    return SendError(f"Teams could not be reached ({type(error).__name__})", unknown=not _never_connected(error))


def _never_connected(error: RequestException) -> bool:
    cause = error.args[0] if error.args else None
    refused = isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    return refused or isinstance(error, ConnectTimeout)
