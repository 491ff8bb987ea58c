from dataclasses import replace

import pytest

from bot.types import AdvisoryState, Change, Direction, Symptom, Verb
from bot.words import catalogue, tell, text
from tests.correlate.build import (
    BASE,
    DAY,
    HOUR,
    LATENESS,
    MINUTE,
    REFUSING,
    SENDING,
    T0,
    Teller,
    closed,
    late,
    other,
    over,
    refused,
)

CFM = "An influx of free/busy Control Flow Messages (CFM) held up the queue."


def headline(found: list[Change]) -> str:
    return text(tell(found[0]).headline, catalogue("en"))


@pytest.mark.parametrize(
    ("symptom", "direction", "said"),
    [
        (Symptom.SEND_FAILS, Direction.OUTBOUND, "Sending mail fails."),
        (Symptom.SEND_FAILS, Direction.INBOUND, "Mail from outside is refused."),
        (Symptom.BOUNCED, Direction.OUTBOUND, "Mail to people outside bounces."),
        (Symptom.BOUNCED, Direction.INTERNAL, "Mail between colleagues bounces."),
        (Symptom.DELAYED, Direction.OUTBOUND, "Outgoing mail is late."),
        (Symptom.DELAYED, Direction.BOTH, "Mail is late in both directions."),
        (Symptom.LOST, Direction.INBOUND, "Incoming mail does not arrive."),
    ],
)
def test_a_measured_trouble_is_said_by_symptom_and_direction(symptom: Symptom, direction: Direction, said: str) -> None:
    """One sentence for each."""
    assert headline(Teller().sees(other(symptom, direction=direction), at=T0)) == said


def test_a_temporary_refusal_is_called_so() -> None:
    """It comes late, and it comes."""
    finding = refused(direction=Direction.INBOUND)
    finding = replace(finding, evidence=replace(finding.evidence, reply="451 4.3.2 try later"))
    assert headline(Teller().sees(finding, at=T0)) == "Mail from outside is refused for now, and comes late."


def test_what_only_the_vendor_says_is_told_as_its_word() -> None:
    """May is not is."""
    assert headline(Teller().says(BASE, T0)) == (
        "Microsoft reports a fault (EX1000001). The mailbox cannot be opened, or only at times. No mail is lost."
    )


def test_each_news_comes_first_and_the_trouble_after_it() -> None:
    """An evening in headlines."""
    teller = Teller(tally=REFUSING)
    teller.says(replace(LATENESS, next_update=T0 + 3 * HOUR), T0)
    teller.sees(late(T0 + HOUR), at=T0 + HOUR)
    teller.sees(late(T0 + HOUR), refused(T0 + 2 * HOUR), at=T0 + 2 * HOUR)
    teller.at(T0 + 4 * HOUR)
    teller.says(SENDING, T0 + 5 * HOUR)
    teller.says(closed(SENDING), T0 + 6 * HOUR)
    teller.drops(LATENESS.id, T0 + 7 * HOUR)
    teller.sees(late(T0 + HOUR), over(refused(T0 + 2 * HOUR), T0 + 8 * HOUR), at=T0 + 8 * HOUR)
    teller.at(T0 + 33 * HOUR)
    teller.sees(over(late(T0 + HOUR), T0 + 34 * HOUR), at=T0 + 34 * HOUR)
    both = "Sending mail fails. Mail is late in both directions."
    assert [text(tell(c).headline, catalogue("en")) for c in teller.told if c.rings] == [
        "Microsoft reports a fault (EX1000003). Mail is late both ways, what you send and what you receive.",
        "Our own test messages show it now too. Mail is late in both directions.",
        f"Something else is wrong now. {both}",
        f"Microsoft's next word on EX1000003 is overdue. {both}",
        f"Microsoft confirms it (EX1000002). {both}",
        f"Microsoft says that it is fixed, but our tests still fail. {both}",
        f"Microsoft no longer lists EX1000003, but nobody has said that it is fixed. {both}",
        "Mail is no longer refused: sending works again. The rest is not over yet. Mail is late in both directions.",
        "It is still not over. Mail is late in both directions.",
        "It is over: mail flows normally again.",
    ]


def test_what_is_over_by_the_vendors_word_is_told_as_its_word() -> None:
    """Closed, or a false alarm."""
    teller = Teller()
    teller.says(BASE, T0)
    assert headline(teller.says(closed(BASE), T0 + HOUR)) == (
        "Microsoft says that it is over. Mailboxes can be opened again."
    )
    teller = Teller()
    teller.says(BASE, T0)
    assert headline(teller.says(replace(BASE, state=AdvisoryState.FALSE_ALARM), T0 + HOUR)) == (
        "Microsoft says that it was a false alarm."
    )


def test_calendars_that_outlast_the_measured_trouble_end_by_the_vendors_word() -> None:
    """Mail flowed days before."""
    teller = Teller()
    teller.sees(late(), at=T0)
    teller.says(replace(LATENESS, cause=CFM), T0 + HOUR)
    teller.sees(over(late(), T0 + 5 * HOUR), at=T0 + 5 * HOUR)
    stale = replace(BASE, id="EX9", title="Stale", symptom=Symptom.CALENDAR_STALE, cause=CFM)
    assert headline(teller.says(stale, T0 + DAY)) == "EX9 is part of the same fault. The calendar may be old or wrong."
    message = tell(teller.says(closed(stale), T0 + 2 * DAY)[0])
    words = catalogue("en")
    assert text(message.headline, words) == "Microsoft says that it is over. Calendars are right again."
    assert text(message.advice, words) == "You can trust the calendar again."


def test_a_late_confirmation_says_that_it_is_over() -> None:
    """The vendor admits it afterwards."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.sees(over(refused(), T0 + HOUR), at=T0 + HOUR)
    assert headline(teller.says(SENDING, T0 + 2 * HOUR)) == (
        "Microsoft has now confirmed a fault that is over by our tests (EX1000002). Mail flows normally."
    )


def test_what_is_shown_when_a_vendor_forgets_its_advisory() -> None:
    """Recorded, not rung."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.drops(BASE.id, T0 + HOUR)
    assert headline(teller.at(T0 + 2 * DAY)) == "Microsoft has not listed this for a day, so we close it here."


def test_a_part_says_that_it_is_a_fault_of_its_own() -> None:
    """The join is undone."""
    teller = Teller()
    teller.sees(refused(), at=T0)
    teller.says(SENDING, T0 + HOUR)
    assert headline(teller.orders(Verb.PART, T0 + 2 * HOUR, advisory=SENDING.id)) == (
        "EX1000002 is a fault of its own and is told apart from now on. Sending mail fails."
    )


def test_an_acknowledgement_shows_the_trouble_as_it_was() -> None:
    """Nothing new, so nothing in front."""
    teller = Teller()
    teller.sees(refused(), at=T0 + MINUTE)
    assert headline(teller.orders(Verb.ACK, T0 + HOUR)) == "Sending mail fails."
