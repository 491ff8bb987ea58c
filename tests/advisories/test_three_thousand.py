"""One advisory that three thousand companies have listed."""

from datetime import UTC, datetime, timedelta

from bot.advisories.known import _read
from bot.machine import Machine
from bot.types import AdvisorySeen

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ISSUE = {
    "id": "EX777001",
    "title": "Users can't send email messages",
    "service": "Exchange Online",
    "status": "serviceDegradation",
    "isResolved": False,
    "impactDescription": "Users can't send email messages to anybody.",
    "posts": [],
}


def test_it_is_read_once_and_told_by_each_companys_own_list() -> None:
    """Whoever has it listed hears of it under its own name; whoever has not hears nothing."""
    before = _read.cache_info().misses
    listing = [Machine([], tenant=f"company-{n}") for n in range(3000)]
    for n, machine in enumerate(listing):
        at = NOON + timedelta(seconds=n)
        seen = AdvisorySeen(at=at, source="microsoft", issue=dict(ISSUE), tenant=machine.tenant)
        told = machine.observe(seen)
        assert [(one.tenant, one.rings) for one in told] == [(machine.tenant, True)]
    assert _read.cache_info().misses == before + 1
    other = Machine([], tenant="somebody-else")
    assert other.tick(NOON) == []
    assert other.open == ()
