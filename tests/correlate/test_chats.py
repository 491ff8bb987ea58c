"""Which chat platforms may not show what we tell them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.advisories import read
from bot.correlate import in_doubt
from bot.types import Claim
from tests.correlate.build import DAY, T0, closed
from tests.stories.evening import issue


def claim(id_: str, title: str, service: str = "Microsoft Teams", source: str = "microsoft") -> Claim:
    """Give an advisory as it is first seen."""
    raw = issue(id_, title, f"{title}.", service=service, feature="")
    return Claim(reading=read(raw, source=source, now=T0), first_seen=T0, changed=T0)


SUITE = "Microsoft 365 suite"


@pytest.mark.parametrize(
    ("id_", "title", "service"),
    [
        ("TM1112332", "Users may be unable to access Microsoft Teams", "Microsoft Teams"),
        (
            "TM1233974",
            "Some users may see delays and failures with chat messages in Microsoft Teams",
            "Microsoft Teams",
        ),
        ("TM1000001", "Some users may not receive notifications in Microsoft Teams", "Microsoft Teams"),
        ("MO1169016", "Some users may be unable to access Microsoft 365 services", SUITE),
        ("MO572252", "Users may be unable to access multiple Microsoft 365 services", SUITE),
        ("MO842351", "Access issues and degraded performance with multiple Microsoft 365 services", SUITE),
    ],
)
def test_an_advisory_that_touches_messages_puts_teams_in_doubt(id_: str, title: str, service: str) -> None:
    """Under its own id or the suite's."""
    assert in_doubt([claim(id_, title, service)], T0)["teams"].id == id_


@pytest.mark.parametrize(
    ("id_", "title", "service"),
    [
        ("TM782826", "Some users may see incorrect presence information in Microsoft Teams", "Microsoft Teams"),
        (
            "TM1408836",
            "Some users' searches for messages in Microsoft Teams may return incomplete results",
            "Microsoft Teams",
        ),
        ("TM1288323", "Users in North America may be unable to join Microsoft Teams meetings", "Microsoft Teams"),
        ("TM1372265", "Users may be unable to find people from external domains in Microsoft Teams", "Microsoft Teams"),
        ("MO1449870", "We're looking into a potential issue", SUITE),
        ("MO255463", "Some users' email messages may be quarantined", SUITE),
        ("EX649175", "Users may be unable to send email messages", "Exchange Online"),
    ],
)
def test_what_leaves_messages_alone_puts_nothing_in_doubt(id_: str, title: str, service: str) -> None:
    """Some advisory about Teams is nearly always open."""
    assert in_doubt([claim(id_, title, service)], T0) == {}


def test_slacks_own_page_puts_slack_in_doubt() -> None:
    """Unless it is about huddles, say."""
    assert set(in_doubt([claim("1435", "Trouble with sending messages", "Slack", "slack")], T0)) == {"slack"}
    assert in_doubt([claim("1436", "Trouble with huddles", "Slack", "slack")], T0) == {}


def test_what_is_over_or_gone_or_has_stood_for_days_is_no_doubt() -> None:
    """And of several the newest is named."""
    known = claim("TM1", "Users may be unable to access Microsoft Teams")
    newer = replace(claim("TM2", "Users may be unable to access Microsoft Teams"), first_seen=T0 + timedelta(hours=1))
    assert in_doubt([newer, known], T0)["teams"].id == "TM2"
    assert in_doubt([replace(known, reading=closed(known.reading))], T0) == {}
    assert in_doubt([replace(known, gone=T0)], T0) == {}
    assert in_doubt([known], T0 + 4 * DAY) == {}
