from dataclasses import replace
from datetime import timedelta

from bot.types import Direction, Symptom
from bot.web.history import DelayPoint
from bot.web.ways import State
from bot.web.week import CELL, CELLS, WeekView, beginning, week
from bot.words.catalogue import catalogue
from bot.words.page import PageWords
from tests.web.examples import BAD, NOW, OVER, SEVERE, at, finding

WORDS = PageWords(catalogue("en"))


def measured(*ways: Direction) -> list[DelayPoint]:
    """Give a point for each cell of the week."""
    return [
        DelayPoint(at=beginning(NOW) + index * CELL, direction=way, arrived=1) for index in range(CELLS) for way in ways
    ]


def of(*incidents: object, points: list[DelayPoint]) -> WeekView:
    """Give the week of some incidents."""
    return week(incidents, points, now=NOW, words=WORDS)  # type: ignore[arg-type]  # examples are incidents


def test_the_last_cell_holds_now() -> None:
    last = beginning(NOW) + (CELLS - 1) * CELL
    assert last <= NOW < last + CELL


def test_a_quiet_week_says_so() -> None:
    row = of(points=measured(Direction.OUTBOUND)).rows[0]
    assert row.says == "No trouble."
    assert {cell.state for cell in row.cells} == {State.OK}


def test_cells_without_measurement_are_neither_good_nor_bad() -> None:
    points = measured(Direction.INBOUND)[:10]
    row = of(SEVERE, points=points).rows[0]
    assert [cell.state for cell in row.cells[10:]] == [State.UNKNOWN] * (CELLS - 10)


def test_trouble_is_in_the_cells_that_it_touches_and_summed_up() -> None:
    outbound, inbound = of(SEVERE, OVER, points=measured(Direction.OUTBOUND, Direction.INBOUND)).rows
    assert [cell.state for cell in outbound.cells[-3:]] == [State.OK, State.SEVERE, State.SEVERE]
    assert outbound.cells[-1].title == "Jul 18 06:00 UTC: Severe trouble"
    assert inbound.cells[-1].state is State.TROUBLE
    assert inbound.says == "2 stretches of trouble, 20 hours and 15 minutes in all."


def test_trouble_in_both_directions_is_in_both_and_not_among_colleagues() -> None:
    both = replace(SEVERE, findings=(finding(Symptom.DELAYED, Direction.BOTH, at(18, 8)),))
    rows = of(both, points=measured(*(now.direction for now in BAD.directions))).rows
    assert [row.cells[-1].state for row in rows] == [State.TROUBLE, State.TROUBLE, State.OK]


def test_stretches_that_overlap_are_counted_once() -> None:
    found = (
        finding(Symptom.DELAYED, Direction.INBOUND, at(18, 4), ended=at(18, 6)),
        finding(Symptom.BOUNCED, Direction.INBOUND, at(18, 5), ended=at(18, 7)),
    )
    row = of(replace(SEVERE, findings=found), points=measured(Direction.INBOUND)).rows[0]
    assert row.says == "1 stretch of trouble, 3 hours in all."


def test_being_blind_is_no_trouble_of_the_mail() -> None:
    blind = replace(SEVERE, findings=(finding(Symptom.UNMEASURABLE, Direction.INBOUND, at(18, 4)),))
    assert of(blind, points=measured(Direction.INBOUND)).rows[0].says == "No trouble."


def test_seven_days_are_named() -> None:
    assert of(points=[]).days == tuple(WORDS.day(beginning(NOW) + timedelta(days=day)) for day in range(7))
