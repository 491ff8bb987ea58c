"""How often Graph is asked about service health, so that it never has to answer 429."""

from datetime import datetime, timedelta

HEALTH = "/admin/serviceAnnouncement/"
# Graph takes 240 requests a minute and 800 an hour of these from an app in a tenant (Microsoft's throttling limits).
# Forty at once and one each five seconds are 52 and 760 at most, and nobody ever waits for long.
AT_ONCE = 40
EACH = timedelta(seconds=5)


class Budget:
    """The requests of one client; each is taken before it is made, a page and a further try as well."""

    def __init__(self) -> None:
        """Begin with all of it."""
        self._paid: datetime | None = None
        """Until when the requests that were made have used the budget up."""

    def take(self, now: datetime) -> timedelta:
        """Take one request and tell how long to wait before it is made."""
        paid = max(self._paid or now, now)
        self._paid = paid + EACH
        return max(timedelta(), paid - now - (AT_ONCE - 1) * EACH)
