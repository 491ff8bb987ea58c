"""The signed token that makes a test message ours: nobody else's mail can fake an arrival."""

import base64
import binascii
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

TOKEN = re.compile(r"ms1\.([A-Za-z0-9_-]{16,400})\.([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")
MOST_TOKENS = 20
MAC_BYTES = 16
HEAD = struct.Struct(">8sq")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEAST_SECRET = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One test message: its id (16 hexadecimal digits), the route it travels, and when handing it over began."""

    id: str
    route: str
    sent: datetime


class Seal:
    """Signs probes and knows them again; a token says route and time, so that finding one needs no memory."""

    def __init__(self, secret: SecretStr) -> None:
        """Take the secret that all parts of one installation share; raises ValueError if it is too short."""
        self._key = secret.get_secret_value().encode()
        if len(self._key) < LEAST_SECRET:
            raise ValueError(f"The probes' secret has {len(self._key)} characters, it needs {LEAST_SECRET}")

    def token(self, probe: Probe) -> str:
        """Write a probe as a signed token of letters, digits, dots, dashes and underscores."""
        micros = (probe.sent - EPOCH) // timedelta(microseconds=1)
        payload = HEAD.pack(bytes.fromhex(probe.id), micros) + probe.route.encode()
        return f"ms1.{_text(payload)}.{_text(self._mac(payload))}"

    def find(self, text: str) -> Probe | None:
        """Return the first probe in a text whose signature is ours, or None."""
        for _, match in zip(range(MOST_TOKENS), TOKEN.finditer(text), strict=False):
            probe = self._read(match)
            if probe is not None:
                return probe
        return None

    def _read(self, match: re.Match[str]) -> Probe | None:
        try:
            payload, mac = _bytes(match[1]), _bytes(match[2])
        except binascii.Error:
            return None
        if not hmac.compare_digest(mac, self._mac(payload)):
            return None
        id_, micros = HEAD.unpack(payload[: HEAD.size])
        return Probe(id=id_.hex(), route=payload[HEAD.size :].decode(), sent=EPOCH + timedelta(microseconds=micros))

    def _mac(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, b"mailstatus probe\0" + payload, "sha256")[:MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
