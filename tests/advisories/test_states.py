"""Where an advisory stands."""

import pytest

from bot.advisories.states import state
from bot.types import AdvisoryState
from tests.advisories.samples import seen

ONGOING, RECOVERING = AdvisoryState.ONGOING, AdvisoryState.RECOVERING


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("We're going through logs.", ONGOING),
        ("We're preparing a fix.", ONGOING),
        ("We've found the change that causes this.", ONGOING),
        ("Tokens are refused since a certificate was renewed.", ONGOING),
        ("A first change has been applied, but it didn't help.", ONGOING),
        ("The fault came back after the fix was deployed.", ONGOING),
        ("A fix is being deployed and has reached half of the regions.", RECOVERING),
        ("We've rolled back the update.", RECOVERING),
        ("The backlog is getting smaller.", RECOVERING),
        ("Messages now leave promptly.", RECOVERING),
        ("Error rates are back to normal levels.", RECOVERING),
        ("We're rolling out a fix, now at 40%.", RECOVERING),
        ("No further good messages are held. We're releasing those from before.", RECOVERING),
        ("We're monitoring to ensure that the service has recovered.", RECOVERING),
    ],
)
def test_the_newest_post_tells_whether_it_gets_better(text: str, stands: AdvisoryState) -> None:
    facts = seen("Late mail", f"Current status: {text}")
    assert state(facts, status="serviceDegradation", closed=False, quick=False) is stands


@pytest.mark.parametrize(
    ("status", "closed", "stands"),
    [
        ("restoringService", False, RECOVERING),
        ("VerifyingService", False, RECOVERING),
        ("extendedRecovery", False, RECOVERING),
        ("serviceRestored", False, AdvisoryState.RESOLVED),
        ("PostIncidentReviewPublished", False, AdvisoryState.RESOLVED),
        ("investigationSuspended", False, AdvisoryState.RESOLVED),
        ("falsePositive", False, AdvisoryState.FALSE_ALARM),
        ("serviceDegradation", True, AdvisoryState.RESOLVED),
        ("unheardOf", False, ONGOING),
        ("", False, ONGOING),
    ],
)
def test_the_record_closes_and_mends(status: str, closed: bool, stands: AdvisoryState) -> None:  # noqa: FBT001 - a row
    assert state(seen("Late mail", "We look."), status=status, closed=closed, quick=False) is stands


def test_a_final_status_closes_whatever_the_record_says() -> None:
    facts = seen("Late mail", "Final status: It works.")
    assert state(facts, status="serviceDegradation", closed=False, quick=False) is AdvisoryState.RESOLVED


@pytest.mark.parametrize(
    "text",
    [
        "Final status: This was a false alarm.",
        "Final status: We undid it.\nScope of impact: No customer organizations were impacted.",
        "Final status: Only Microsoft internal users were hit.",
        "Final status: The service was not impacted.",
    ],
)
def test_what_hit_nobody_was_a_false_alarm(text: str) -> None:
    assert (
        state(seen("Late mail", text), status="serviceRestored", closed=True, quick=False) is AdvisoryState.FALSE_ALARM
    )


@pytest.mark.parametrize(
    "text",
    [
        "There may be an issue with mail flow. We're checking whether your organization is impacted.",
        "We're looking into a potential problem.",
        "An emerging issue was reported. This information is preliminary.",
    ],
)
def test_a_first_notice_is_not_confirmed(text: str) -> None:
    facts = seen("Late mail", f"Current status: {text}")
    assert state(facts, status="investigating", closed=False, quick=False) is AdvisoryState.PRE_ALERT


def test_a_notice_without_known_impact_is_not_confirmed() -> None:
    facts = seen("Something", "We look.", impact="We don't have details on impact yet.")
    assert state(facts, status="investigating", closed=False, quick=True) is AdvisoryState.PRE_ALERT


def test_what_somebody_has_confirmed_is_no_first_notice() -> None:
    facts = seen("Late mail", "Current status: We've confirmed a potential issue and that your organization is hit.")
    assert state(facts, status="investigating", closed=False, quick=False) is ONGOING
