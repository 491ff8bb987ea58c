"""Switches of the mail system."""

import random

from bot.demo.mail.faults import AT_SUBMISSION, UNDER_WAY, MailFault, MailFaults, Trouble

OUT = ("outbound-eu", "outbound-us")


def test_every_trouble_happens_at_one_of_two_times() -> None:
    """At submission or under way."""
    assert {*AT_SUBMISSION, *UNDER_WAY} == set(Trouble)
    assert not {*AT_SUBMISSION} & {*UNDER_WAY}


def test_a_fault_hits_its_share_of_its_routes(rng: random.Random) -> None:
    """And no other route at all."""
    faults = MailFaults(rng)
    faults.switch_on(MailFault(trouble=Trouble.REFUSE, routes=OUT, share=0.3))
    hits = sum(faults.hit("outbound-eu", AT_SUBMISSION) is not None for _ in range(2000))
    assert 500 < hits < 700
    assert faults.hit("inbound-eu", AT_SUBMISSION) is None
    assert faults.hit("outbound-eu", UNDER_WAY) is None


def test_the_first_fault_that_hits_counts(rng: random.Random) -> None:
    """A message has one fate."""
    lose, junk = (MailFault(trouble=trouble, routes=OUT) for trouble in (Trouble.LOSE, Trouble.JUNK))
    faults = MailFaults(rng)
    faults.switch_on(lose)
    faults.switch_on(junk)
    assert faults.hit("outbound-us", UNDER_WAY) is lose
    faults.switch_off(lose)
    assert faults.hit("outbound-us", UNDER_WAY) is junk


def test_mending_everything_tells_what_is_held_back(rng: random.Random) -> None:
    """Those messages leave soon."""
    delay = MailFault(trouble=Trouble.DELAY, routes=OUT)
    faults = MailFaults(rng)
    faults.switch_on(delay)
    assert delay in faults.on
    faults.mend_all()
    assert delay.mended.is_set()
    assert faults.hit("outbound-eu", UNDER_WAY) is None
