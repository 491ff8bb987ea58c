"""The oracle sees what it is there for: it must not be green by being blind."""

import pytest

from tests.chaos.oracle import Ring, judge

OPENED = Ring(name="EX1 opened", says=r"reports a fault \(EX1\)")
OVER = Ring(name="EX1 over", says="Search in mail works again")
TOLD = ("Microsoft reports a fault (EX1). Search fails.", "It is over. Search in mail works again.")


def test_each_ring_once_everywhere_is_good() -> None:
    """Nothing is lost, nothing is told twice."""
    verdict = judge([OPENED, OVER], {"ops": TOLD, "it": TOLD})
    assert verdict.is_good
    assert verdict.once == 4


def test_several_rings_in_one_message_count_each() -> None:
    """What waited is told together where nothing can be edited."""
    assert judge([OPENED, OVER], {"it": [" ".join(TOLD)]}).once == 2


@pytest.mark.parametrize("texts", [TOLD[:1], TOLD[1:], ()])
def test_a_ring_that_is_missing_at_one_destination_is_lost(texts: tuple[str, ...]) -> None:
    """That the other one was told does not help."""
    verdict = judge([OPENED, OVER], {"ops": TOLD, "it": texts})
    assert not verdict.is_good
    assert len(verdict.lost) == 2 - len(texts)
    assert all(one.startswith("it: ") for one in verdict.lost)


def test_a_ring_that_stands_there_twice_is_seen() -> None:
    """Even within one message, and though another one is missing."""
    assert judge([OPENED, OVER], {"ops": (*TOLD, TOLD[0])}).twice == ("ops: EX1 opened",)
    verdict = judge([OPENED, OVER], {"ops": [f"{TOLD[0]} {TOLD[0]}"]})
    assert (verdict.twice, verdict.lost) == (("ops: EX1 opened",), ("ops: EX1 over",))


def test_once_more_is_borne_only_where_a_try_was_left_open() -> None:
    """At that destination, and no ring comes a third time."""
    more = {"it": (*TOLD, TOLD[0]), "ops": TOLD}
    assert judge([OPENED, OVER], more, unsure={"ops"}).twice == ("it: EX1 opened",)
    verdict = judge([OPENED, OVER], more, unsure={"it"})
    assert (verdict.again, verdict.is_good) == (("it: EX1 opened",), True)
    assert judge([OPENED], {"it": [TOLD[0]] * 3}, unsure={"it"}).twice == ("it: EX1 opened",)


def test_what_nobody_was_to_be_told_is_seen() -> None:
    """A message that belongs to no ring rang people for nothing."""
    assert judge([OPENED], {"ops": TOLD}).stray == (f"ops: {TOLD[1]}",)
