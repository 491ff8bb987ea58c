"""What is due when: the same for every process, spread evenly, and nothing is ever made up for."""

from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.app.agenda import JITTER, NEVER, Agenda, Due, Rhythm

NOON = 1_790_000_000.0
MINUTE = timedelta(minutes=1)


def due(
    name: str, every: float = 60.0, *, task: str = "feed", urgent: bool = False, troubled: Collection[str] = ()
) -> Due:
    rhythm = Rhythm(f"{task} {name}", timedelta(seconds=every))
    return Due(tenant=name, task=task, next=rhythm, urgent=lambda: urgent or name in troubled)


def ripe(agenda: Agenda, now: float, task: str = "feed") -> list[Due]:
    """Take all that is ripe, in order."""
    agenda.ripen(now)
    taken = []
    while one := agenda.take(task):
        taken.append(one)
    return taken


@given(every=st.floats(1, 3600), start=st.floats(NOON, NOON + 1e6), late=st.floats(0, 1e4))
def test_a_new_holder_goes_on_in_the_same_rhythm(every: float, start: float, late: float) -> None:
    """Whoever begins whenever finds the turns of whoever was there before, and none of them twice."""
    before, after = (Rhythm("feed contoso", timedelta(seconds=every)) for _ in range(2))
    turns = [start]
    for _ in range(20):
        turns.append(before(turns[-1]))
    gaps = [later - earlier for earlier, later in pairwise(turns[1:])]
    assert all(every * (1 - 3 * JITTER) < gap < every * (1 + 3 * JITTER) for gap in gaps)
    begins = min(start + late, turns[-2])
    assert after(begins) == next(turn for turn in turns[1:] if turn > begins)


def test_ten_thousand_polls_are_spread_over_their_interval() -> None:
    """No second of five minutes has more than twice its part of them."""
    firsts = Counter(int(Rhythm(f"feed t{n}", timedelta(minutes=5))(NOON)) for n in range(10_000))
    assert max(firsts.values()) < 2 * 10_000 / 300


def test_what_is_overdue_by_many_intervals_is_done_once() -> None:
    """It is late, and then it is in its rhythm again."""
    agenda, one = Agenda(), due("contoso")
    agenda.add(one, NOON)
    assert ripe(agenda, NOON + 600) == [one]
    agenda.done(one, NOON + 600)
    assert ripe(agenda, NOON + 600) == []
    assert NOON + 600 < one.at <= NOON + 662


def test_the_urgent_go_first_and_then_the_oldest() -> None:
    """A tenant in trouble before all others, and of those whoever was read the longest ago."""
    agenda = Agenda()
    things = {name: due(name, urgent=name == "troubled") for name in ("fresh", "old", "never", "troubled")}
    for name, last in (("fresh", 30.0), ("old", 500.0), ("never", NOON), ("troubled", 1.0)):
        things[name].last = NOON - last
        agenda.add(things[name], NOON)
    assert [one.tenant for one in ripe(agenda, NOON)] == ["troubled", "never", "old", "fresh"]


def test_what_becomes_urgent_while_it_waits_for_its_turn_goes_first() -> None:
    """Once for each turn, and as anybody's after it."""
    agenda, troubled = Agenda(), set[str]()
    things = [due(f"t{number}", troubled=troubled) for number in range(5)]
    for number, one in enumerate(things):
        one.last = NOON - 100 + number
        agenda.add(one, NOON)
    agenda.ripen(NOON)
    troubled.add("t4")
    for _ in range(2):
        for one in things:
            agenda.hurry(one.tenant)
    assert sorted(one.tenant for one in agenda.ripe("feed")) == ["t0", "t1", "t2", "t3", "t4"]
    taken = ripe(agenda, NOON)
    assert [one.tenant for one in taken] == ["t4", "t0", "t1", "t2", "t3"]
    troubled.clear()
    for number, one in enumerate(reversed(taken)):
        agenda.done(one, NOON + number)
    assert [one.tenant for one in ripe(agenda, NOON + 600)] == ["t3", "t2", "t1", "t0", "t4"]


def test_a_wish_may_put_something_first() -> None:
    """Whether its time has come already or is only to come; this once."""
    agenda, late, sooner, other = Agenda(), due("late"), due("sooner"), due("other")
    for number, one in enumerate((other, late, sooner)):
        one.last = NOON - 100 + number
    for one in (other, late):
        agenda.add(one, NOON)
    agenda.add(sooner, NOON + 30)
    agenda.ripen(NOON)
    for one in (late, sooner):
        agenda.hasten(one, NOON + 1, first=True)
    assert ripe(agenda, NOON + 1) == [late, sooner, other]
    for number, one in enumerate((other, late, sooner)):
        agenda.done(one, NOON + 2 + number)
    assert ripe(agenda, NOON + 600) == [other, late, sooner]


def test_what_runs_is_not_begun_again_and_what_is_dropped_is_over() -> None:
    """Not by its rhythm, not by a wish, and not by its end."""
    agenda, one, other = Agenda(), due("contoso"), due("fabrikam")
    agenda.add(one, NOON)
    agenda.add(other, NOON + 1)
    assert ripe(agenda, NOON) == [one]
    agenda.hasten(one, NOON)
    assert ripe(agenda, NOON + 600) == [other]
    agenda.drop("contoso")
    assert one.is_over
    assert not other.is_over
    agenda.done(one, NOON + 600)
    assert ripe(agenda, NOON + 6000) == []
    assert agenda.has("feed")
    agenda.drop("fabrikam")
    assert not agenda.has("feed")


def test_a_wish_brings_forward_and_changes_no_rhythm() -> None:
    """A confirming message is sent now; the turn that was to come comes."""
    agenda, one = Agenda(), due("contoso")
    agenda.add(one, one.next(NOON))
    turn = one.at
    agenda.hasten(one, NOON)
    agenda.hasten(one, NOON + 1)
    assert ripe(agenda, NOON) == [one]
    agenda.done(one, NOON)
    assert one.at == turn
    parked = Due(tenant="contoso", task="news", next=lambda _: NEVER)
    agenda.add(parked, NEVER)
    assert ripe(agenda, NOON, "news") == []
    agenda.hasten(parked, NOON)
    assert ripe(agenda, NOON, "news") == [parked]
    agenda.done(parked, NOON)
    assert parked.at == NEVER


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    """By an hour: what was to come within the minute still does."""
    agenda, one = Agenda(), due("contoso")
    agenda.add(one, NOON)
    assert ripe(agenda, NOON) == [one]
    agenda.done(one, NOON)
    assert ripe(agenda, NOON - 3600) == []
    assert NOON - 3600 < one.at <= NOON - 3538
    assert agenda.next_at == one.at or agenda.next_at > one.at
