"""Lets in what Slack signed, once, and nothing else."""

import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

from pydantic import SecretStr

from handlers.door import Receive, RefusedError, Scope, Seen, body_of, headers_of, json_of, signed, text_of

AGE_MOST = timedelta(minutes=5)
AHEAD_MOST = timedelta(minutes=1)
"""Slack's clock is right; ours may be behind by this much, and nobody signs for later."""
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
FIELDS_MOST = 100
ONCE = (b"content-type", b"x-slack-request-timestamp", b"x-slack-signature")
"""Headers that must not leave it open which of two counts."""
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


class Guard:
    """Checks a request's shape, age, signature and novelty, in this order; nothing is parsed before it is known."""

    def __init__(self, secret: SecretStr, *, now: Callable[[], datetime]) -> None:
        """Refuse an empty secret with ValueError: everybody could sign with it."""
        if not secret.get_secret_value():
            raise ValueError("SLACK_SIGNING_SECRET is empty")
        self._secret = secret.get_secret_value().encode()
        self._now = now
        self._seen = Seen(AGE_MOST + AHEAD_MOST)

    async def admitted(self, scope: Scope, receive: Receive) -> tuple[str, dict[str, str]]:
        """Give the body as text and the headers of a request from Slack; raise RefusedError for any other."""
        if scope["method"] != "POST":
            raise RefusedError(405, "not a POST")
        names = [name.lower() for name, _ in scope["headers"]]
        if any(names.count(name) > 1 for name in ONCE):
            raise RefusedError(400, "a header twice")
        headers = headers_of(scope)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {FORM, JSON}:
            raise RefusedError(415, "neither a form nor JSON")
        signature = self._shape(headers)
        body = await body_of(receive, headers)
        self._check(headers["x-slack-request-timestamp"], signature, body)
        return _parsable(text_of(body), kind), headers

    def _shape(self, headers: Mapping[str, str]) -> str:
        """Check the signature's headers without the body, so that a stranger's is not even read."""
        signature = headers.get("x-slack-signature", "")
        stamp = headers.get("x-slack-request-timestamp", "")
        if not _SIGNATURE.fullmatch(signature) or not _TIMESTAMP.fullmatch(stamp):
            raise RefusedError(401, "not signed")
        age = self._now() - datetime.fromtimestamp(int(stamp), UTC)
        if not -AHEAD_MOST <= age <= AGE_MOST:
            raise RefusedError(401, f"signed {age.total_seconds():.0f} s ago: is our clock right?")
        return signature

    def _check(self, stamp: str, signature: str, body: bytes) -> None:
        expected = signed(self._secret, b"v0:" + stamp.encode() + b":" + body).hexdigest()
        if not hmac.compare_digest(f"v0={expected}", signature):
            raise RefusedError(401, "wrong signature")
        if self._seen.again(signature, self._now()):
            raise RefusedError(401, "seen before")


def _parsable(text: str, kind: str) -> str:
    """Make sure that what comes behind can parse a body that Slack signed."""
    if kind == JSON or text.startswith("{"):  # slack_bolt reads such a form as JSON
        _object(text)
        return text
    try:
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=FIELDS_MOST, errors="strict")
    except ValueError:
        raise RefusedError(400, "not a form") from None
    for payload in fields.get("payload", ()):
        _object(payload)
    return text


def _object(text: str) -> None:
    if not isinstance(json_of(text), dict):
        raise RefusedError(400, "not an object")
