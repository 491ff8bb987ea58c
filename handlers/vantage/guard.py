"""Lets in what a vantage signed, once, and nothing else."""

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.vantage.wire import SIGNATURE, SPOOL, TIME, VANTAGE, is_strong, moment, sign
from handlers.door import Receive, RefusedError, Scope, Seen, body_of, headers_of

SKEW_MOST = timedelta(minutes=5)
A_MINUTE = 120
"""Pushes of one vantage that are taken."""
MINUTE = timedelta(minutes=1)
_SPOOL = re.compile(r"[0-9a-f]{8,32}")
_TIME = re.compile(r"[0-9]{1,17}")
_SIGNATURE = re.compile(r"v1=[0-9a-f]{64}")


class ToldError(RefusedError):
    """A push of a vantage that we know is not taken; it is told why, and after when the next is to be signed."""

    def __init__(self, status: int, why: str, *, after: datetime | None = None, wait: timedelta | None = None) -> None:
        """Keep what the other side is told."""
        super().__init__(status, why)
        self.after = after
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A push as it came: who signed it, out of which spool, when by the signer's clock, and when it came by ours."""

    vantage: str
    spool: str
    at: datetime
    received: datetime
    body: bytes


class Guard:
    """Checks a push's shape, signature, novelty, clock and number, in this order; nothing is parsed before."""

    def __init__(self, secrets: Mapping[str, SecretStr], *, now: Callable[[], datetime]) -> None:
        """Take each vantage's secret; refuse a short one with ValueError."""
        weak = [name for name, secret in secrets.items() if not is_strong(secret)]
        if weak:
            raise ValueError(f"the secret of {', '.join(weak)} is too short to sign with")
        self._secrets = secrets
        self._now = now
        self._seen = Seen(2 * SKEW_MOST)
        self._lately: dict[str, tuple[datetime, int]] = {}

    async def admitted(self, scope: Scope, receive: Receive) -> Signed:
        """Give a push from a vantage; raise RefusedError for any other request, ToldError for one that it may mend."""
        if scope["method"] != "POST":
            raise RefusedError(405, "not a POST")
        headers = headers_of(scope)
        secret = self._secret(headers)
        body = await body_of(receive, headers)
        now = self._now()
        if not hmac.compare_digest(sign(secret, headers, body), headers[SIGNATURE]):
            raise RefusedError(401, f"wrong signature for {headers[VANTAGE]}")
        if self._seen.again(headers[SIGNATURE], now):
            raise ToldError(409, "this push was seen before")
        at = moment(int(headers[TIME]))
        _check_clock(at, now)
        self._check_rate(headers[VANTAGE], now)
        return Signed(vantage=headers[VANTAGE], spool=headers[SPOOL], at=at, received=now, body=body)

    def _secret(self, headers: Mapping[str, str]) -> SecretStr:
        """Check the headers without the body, so that a stranger's is not even read."""
        shapes = ((SPOOL, _SPOOL), (TIME, _TIME), (SIGNATURE, _SIGNATURE))
        if not all(shape.fullmatch(headers.get(name, "")) for name, shape in shapes):
            raise RefusedError(401, "not signed")
        secret = self._secrets.get(headers.get(VANTAGE, ""))
        if secret is None:
            raise RefusedError(401, "a vantage that is not in the settings")
        return secret

    def _check_rate(self, vantage: str, now: datetime) -> None:
        begun, count = self._lately.get(vantage, (now, 0))
        if not timedelta() <= now - begun < MINUTE:
            begun, count = now, 0
        if count >= A_MINUTE:
            raise ToldError(429, f"more than {A_MINUTE} pushes a minute", wait=MINUTE - (now - begun))
        self._lately[vantage] = (begun, count + 1)


def _check_clock(at: datetime, now: datetime) -> None:
    if abs(now - at) <= SKEW_MOST:
        return
    way = "behind" if at < now else "ahead of"
    length = timedelta(seconds=round(abs(now - at).total_seconds()))
    raise ToldError(403, f"your clock is {length} {way} ours ({now:%Y-%m-%d %H:%M:%S} UTC): timedatectl set-ntp true")
