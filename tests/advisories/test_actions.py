"""What an ordinary user can do."""

import pytest

from bot.advisories.actions import USUAL, action
from bot.types import Action, AdvisoryState, Client, Symptom, Topic
from tests.advisories.samples import seen

ONGOING, OVER = AdvisoryState.ONGOING, AdvisoryState.RESOLVED


def does(symptom: Symptom, text: str = "", state: AdvisoryState = ONGOING, **more: tuple[object, ...]) -> Action:
    topics = tuple(topic for topic in more.get("topics", ()) if isinstance(topic, Topic))
    working = tuple(client for client in more.get("working", ()) if isinstance(client, Client))
    return action(seen("Mail", text), symptom, state, topics=topics, working=working)


def test_every_symptom_has_something_to_do() -> None:
    assert set(USUAL) == set(Symptom)
    assert all(does(symptom) is usual for symptom, usual in USUAL.items())


@pytest.mark.parametrize("state", [AdvisoryState.PRE_ALERT, AdvisoryState.FALSE_ALARM])
def test_what_is_not_confirmed_asks_for_nothing(state: AdvisoryState) -> None:
    assert does(Symptom.SEND_FAILS, state=state) is Action.NOTHING


def test_after_the_end_only_what_is_lost_is_sent_again() -> None:
    assert does(Symptom.DELAYED, state=OVER) is Action.NOTHING
    assert does(Symptom.BOUNCED, state=OVER) is Action.RESEND_BOUNCED
    assert does(Symptom.SEND_FAILS, "More info: They got '550 5.7.1'.", OVER) is Action.RESEND_BOUNCED
    assert does(Symptom.DELAYED, "More info: Users need to resend what expired.", OVER) is Action.RESEND_BOUNCED
    assert does(Symptom.DELAYED, "More info: There's no need to resend.", OVER) is Action.NOTHING


def test_what_is_refused_with_a_final_code_must_be_sent_again() -> None:
    assert does(Symptom.SEND_FAILS, "More info: They see '503 5.5.1'.") is Action.RESEND_BOUNCED
    assert does(Symptom.SEND_FAILS, "More info: A box says that it failed.") is Action.RETRY_LATER


def test_a_shared_mailbox_is_tried_again_later() -> None:
    told = does(Symptom.SEND_FAILS, "More info: They see '550 5.7.60'.", topics=(Topic.SHARED_MAILBOX,))
    assert told is Action.RETRY_LATER


def test_what_stays_in_the_outbox_leaves_by_itself() -> None:
    assert does(Symptom.SEND_FAILS, topics=(Topic.OUTBOX,)) is Action.WAIT


def test_another_program_is_used_where_one_works() -> None:
    assert does(Symptom.SEARCH_BROKEN, working=(Client.WEB,)) is Action.USE_ANOTHER_CLIENT
    assert does(Symptom.CANNOT_ACCESS_MAILBOX, working=(Client.WEB,)) is Action.USE_ANOTHER_CLIENT


def test_notices_about_quarantine_are_replaced_by_looking() -> None:
    assert does(Symptom.OTHER, topics=(Topic.QUARANTINE_NOTICES,)) is Action.CHECK_QUARANTINE


@pytest.mark.parametrize(
    ("symptom", "text", "best"),
    [
        (Symptom.BOUNCED, "An admin can remove them from the list.", Action.TELL_ADMIN),
        (Symptom.SEND_FAILS, "Meanwhile users can send a link to the file.", Action.USE_ANOTHER_CHANNEL),
        (Symptom.QUARANTINED, "Messages are replayed, and no action is needed.", Action.WAIT),
    ],
)
def test_what_the_vendor_advises_outweighs_the_usual(symptom: Symptom, text: str, best: Action) -> None:
    assert does(symptom, f"More info: {text}") is best
