from dataclasses import replace

import pytest

from bot.types import Change, Direction, Symptom
from bot.words import catalogue, tell, text
from tests.correlate.build import BASE, HOUR, MINUTE, SENDING, T0, Teller, closed, late, other, over, refused


def advice(found: list[Change]) -> str:
    return text(tell(found[0]).advice, catalogue("en"))


@pytest.mark.parametrize(
    ("symptom", "direction", "said"),
    [
        (Symptom.SEND_FAILS, Direction.OUTBOUND, "resend it once we say that sending works again"),
        (Symptom.SEND_FAILS, Direction.INBOUND, "ask them to resend what bounced"),
        (Symptom.BOUNCED, Direction.OUTBOUND, "What bounced is lost until you resend it."),
        (Symptom.BOUNCED, Direction.INBOUND, "Once we say that it is fixed, ask them to resend what bounced."),
        (Symptom.DELAYED, Direction.OUTBOUND, "Do not resend it"),
        (Symptom.DELAYED, Direction.INBOUND, "nobody needs to send it twice"),
        (Symptom.LOST, Direction.BOTH, "Ask whether a message has arrived before you resend it."),
    ],
)
def test_what_to_do_follows_from_what_happens_to_the_message(symptom: Symptom, direction: Direction, said: str) -> None:
    """What bounced is lost until it is sent again; what is late must not be."""
    assert said in advice(Teller().sees(other(symptom, direction=direction), at=T0))


@pytest.mark.parametrize(
    ("direction", "said"),
    [(Direction.INBOUND, "Other mail servers keep trying"), (Direction.OUTBOUND, "Leave it in the Outbox")],
)
def test_a_temporary_refusal_is_tried_again_by_the_servers(direction: Direction, said: str) -> None:
    """Codes that begin with a four."""
    finding = refused(direction=direction)
    finding = replace(finding, evidence=replace(finding.evidence, reply="451 4.3.2 temporary server issue"))
    teller = Teller()
    assert said in advice(teller.sees(finding, at=T0))
    ended = advice(teller.sees(over(finding, T0 + HOUR), at=T0 + HOUR))
    assert ended == "What was held up comes by itself. Resend only what bounced for good."


def test_refused_and_late_at_once_are_told_apart() -> None:
    """One must be sent again, the other must not."""
    teller = Teller()
    said = advice(teller.sees(late(), refused(), at=T0))
    assert "resend it once we say" in said
    assert said.endswith("Do not resend what is only late.")


def test_when_sending_works_again_people_are_told_to_send_again() -> None:
    """While the rest is still late."""
    teller = Teller()
    teller.sees(late(), refused(), at=T0)
    assert advice(teller.sees(late(), over(refused(), T0 + HOUR), at=T0 + HOUR)) == (
        "Resend what was refused or came back: it does not go out by itself. "
        "Do not resend what is only late: it is on its way."
    )


def test_when_it_is_over_the_rest_is_told() -> None:
    """For each symptom what is left to do."""
    teller = Teller()
    teller.sees(late(), other(Symptom.BOUNCED, direction=Direction.INBOUND), at=T0)
    ended = [over(late(), T0 + HOUR), over(other(Symptom.BOUNCED, direction=Direction.INBOUND), T0 + HOUR)]
    assert advice(teller.sees(*ended, at=T0 + HOUR)) == (
        "Ask people outside to resend what bounced: nobody else will. "
        "Do not resend what was only late: it has arrived or is about to."
    )


def test_where_nothing_is_left_to_do_that_is_said() -> None:
    """Search works again."""
    teller = Teller()
    search = replace(BASE, symptom=Symptom.SEARCH_BROKEN)
    teller.says(search, T0)
    assert advice(teller.says(closed(search), T0 + HOUR)) == "There is nothing left to do."


def test_what_only_the_vendor_sees_has_the_advisorys_own_advice() -> None:
    """As exact as the reading."""
    assert advice(Teller().says(BASE, T0)) == "Try again later. For what is urgent, call or chat."


def test_a_second_trouble_of_another_kind_brings_its_own_advice() -> None:
    """Refused mail, and mailboxes that stay shut."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(SENDING, T0 + HOUR)
    said = advice(teller.says(replace(BASE, quotes=(SENDING.id,)), T0 + HOUR + MINUTE))
    assert said.endswith("Try again later. For what is urgent, call or chat.")


def test_when_the_rest_is_of_another_kind_both_are_told() -> None:
    """Sending works again, mailboxes do not open."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(SENDING, T0 + HOUR)
    teller.says(replace(BASE, quotes=(SENDING.id,)), T0 + HOUR + MINUTE)
    assert advice(teller.sees(over(refused(), T0 + 2 * HOUR), at=T0 + 2 * HOUR)) == (
        "Resend what was refused or came back: it does not go out by itself. "
        "Try again later. For what is urgent, call or chat."
    )
