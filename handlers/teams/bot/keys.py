"""The keys of Teams' tokens, fetched seldom: whoever is not let in yet can make us ask, with a key id of their own."""

import time
from collections.abc import Callable
from typing import Any

import jwt

UNKNOWN_SECONDS = 60
"""Between two fetches for key ids that we do not know; Microsoft shows a key long before it signs with it."""
FAILED_SECONDS = 10
"""After a fetch that failed; those who are let in meanwhile are those whose keys we have."""


class Keys(jwt.PyJWKClient):
    """PyJWT's own, which keeps keys for five minutes; it would try a host that is dead for each token."""

    def __init__(self, url: str, *, now: Callable[[], float] = time.monotonic) -> None:
        """Take the address of a JWK set."""
        super().__init__(url, cooldown_duration=UNKNOWN_SECONDS)
        self._now = now
        self._rest = now()

    def fetch_data(self) -> Any:  # noqa: ANN401  # as the parent has it
        """Fetch the set; raises PyJWKClientConnectionError without a try soon after one that failed."""
        if self._now() < self._rest:
            raise jwt.PyJWKClientConnectionError("The keys could not be had a moment ago")
        self._rest = self._now() + FAILED_SECONDS
        found = super().fetch_data()
        self._rest = self._now()
        return found
