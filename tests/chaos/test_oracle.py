"""The oracle sees what it is there for: it must not be green by being blind."""

import pytest

from tests.chaos.oracle import Asides, Ring, Told, judge, judge_pictures, summed

OPENED = Ring(name="EX1 opened", says=r"reports a fault \(EX1\)")
OVER = Ring(name="EX1 over", says="Search in mail works again")
SAID = ("Microsoft reports a fault (EX1). Search fails.", "It is over. Search in mail works again.")


def told(*texts: str) -> list[Told]:
    return [Told(text=text) for text in texts]


def test_each_ring_once_everywhere_is_good() -> None:
    """Nothing is lost, nothing is told twice."""
    verdict = judge([OPENED, OVER], {"ops": told(*SAID), "it": told(*SAID)})
    assert verdict.is_good
    assert verdict.once == 4


def test_several_rings_in_one_message_count_each() -> None:
    """What waited is told together where nothing can be edited."""
    assert judge([OPENED, OVER], {"it": told(" ".join(SAID))}).once == 2


@pytest.mark.parametrize("texts", [SAID[:1], SAID[1:], ()])
def test_a_ring_that_is_missing_at_one_destination_is_lost(texts: tuple[str, ...]) -> None:
    """That the other one was told does not help."""
    verdict = judge([OPENED, OVER], {"ops": told(*SAID), "it": told(*texts)})
    assert not verdict.is_good
    assert len(verdict.lost) == 2 - len(texts)
    assert all(one.startswith("it: ") for one in verdict.lost)


def test_a_ring_that_stands_there_twice_is_seen() -> None:
    """Even within one message, and though another one is missing."""
    assert judge([OPENED, OVER], {"ops": told(*SAID, SAID[0])}).twice == ("ops: EX1 opened",)
    verdict = judge([OPENED, OVER], {"ops": told(f"{SAID[0]} {SAID[0]}")})
    assert (verdict.twice, verdict.lost) == (("ops: EX1 opened",), ("ops: EX1 over",))


def test_once_more_is_borne_only_after_a_try_that_was_left_unsure() -> None:
    """A repetition needs a try that was cut off before it, and there is never a third."""
    unsure, sure = Told(text=SAID[0], unsure=True), Told(text=SAID[0])
    verdict = judge([OPENED], {"it": [unsure, sure]})
    assert (verdict.again, verdict.is_good) == (("it: EX1 opened",), True)
    assert judge([OPENED], {"it": [unsure, unsure]}).is_good
    assert judge([OPENED], {"it": [unsure, unsure, sure]}).twice == ("it: EX1 opened",)
    assert judge([OPENED], {"it": [sure, unsure]}).twice == ("it: EX1 opened",)
    assert judge([OPENED], {"it": [unsure, sure, sure]}).twice == ("it: EX1 opened",)
    assert judge([OPENED, OVER], {"it": [Told(text=SAID[1], unsure=True), sure, sure]}).twice == ("it: EX1 opened",)


def test_what_nobody_was_to_be_told_is_seen() -> None:
    """A message that belongs to no ring rang people for nothing, but for a word on the channel itself."""
    assert judge([OPENED], {"ops": told(*SAID)}).stray == (f"ops: {SAID[1]}",)
    assert judge(
        [OPENED], {"ops": told(SAID[0], "This channel could not be reached.")}, Asides(notices="could not be")
    ).is_good


def test_a_line_that_asks_whether_a_ring_arrived_is_no_copy_and_keeps_it_from_being_lost() -> None:
    """It is what stands there where two tries were cut off before they arrived."""
    asides = Asides(asks="Perhaps this did not arrive")
    asks = f"Perhaps this did not arrive here: {SAID[0]}"
    verdict = judge([OPENED], {"it": told(asks, asks)}, asides)
    assert (verdict.asked, verdict.is_good, verdict.once) == (("it: EX1 opened",), True, 0)
    copied = judge([OPENED, OVER], {"it": told(SAID[0], f"{SAID[1]}\n{asks}")}, asides)
    assert (copied.once, copied.asked, copied.is_good) == (2, (), True)
    assert judge([OPENED], {"it": told("Perhaps this did not arrive here: rain")}, asides).lost == ("it: EX1 opened",)


def test_a_picture_that_is_missing_or_there_twice_is_seen() -> None:
    """A ring's own has to be there; others may, and none twice."""
    there, other = ("one.png", SAID[0]), ("two.png", "Something else.")
    assert judge_pictures(OPENED, [there, other]).is_good
    assert judge_pictures(OPENED, [other]).lost == ("picture: EX1 opened",)
    assert judge_pictures(OPENED, [there, other, other]).twice == ("picture: two.png",)
    both = summed([judge([OPENED], {"ops": told()}), judge_pictures(OPENED, [other])])
    assert both.lost == ("ops: EX1 opened", "picture: EX1 opened")
