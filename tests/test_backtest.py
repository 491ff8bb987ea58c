from datetime import timedelta

from bot.backtest import Event, backtest
from bot.recording import Header, read, recording
from bot.types import ProbeObservation, Reported
from tests.detect.evenings import EVERYWHERE, T0, at, between, both, evening

REFUSED = "refused 503 5.5.1 Bad sequence of commands"
HEADER = Header(name="evening", epoch=T0, routes=tuple(EVERYWHERE))


def events(seen: list[ProbeObservation], header: Header = HEADER) -> list[Event]:
    """Backtest an evening by way of its recording."""
    return list(backtest(read(recording(header, seen))))


def test_a_quiet_evening_prints_nothing() -> None:
    """No trouble, no events."""
    assert events(evening(EVERYWHERE, minutes=180)) == []


def test_a_fault_is_opened_and_resolved_once_with_times_of_the_recording() -> None:
    """Refused from minute 120 to 180."""
    opened, resolved = events(evening(EVERYWHERE, between(120, 180, REFUSED), minutes=240))
    assert (opened["event"], opened["symptom"], opened["direction"]) == ("opened", "send_fails", "outbound")
    assert isinstance(opened["t"], float)
    assert isinstance(resolved["t"], float)
    assert 7200 < opened["t"] < 7260
    assert 10800 < resolved["t"] < 11400
    assert (resolved["event"], resolved["incident"]) == ("resolved", opened["incident"])


def test_a_second_symptom_is_an_update_of_the_same_incident_and_so_is_its_end() -> None:
    """Late in both directions, refused as well for a while."""
    late = both(between(120, 300, 1200.0, where="inbound"), between(120, 300, 1200.0))
    made = events(evening(EVERYWHERE, both(between(160, 230, REFUSED), late), minutes=360))
    symptoms = [one.get("symptom") for one in made]
    assert len({one["incident"] for one in made}) == 1
    assert "send_fails" in symptoms
    assert symptoms[0] == symptoms[-2] == "delayed"
    assert made[-1]["event"] == "resolved"


def test_the_end_of_a_symptom_is_no_news_while_the_last_one_told_lasts() -> None:
    """Late for a while, refused for longer."""
    faults = both(between(130, 230, REFUSED), between(120, 170, 1200.0, where="inbound"))
    made = events(evening(EVERYWHERE, faults, minutes=300))
    assert [one["event"] for one in made] == ["opened", "updated", "resolved"]


def test_nothing_is_known_before_it_was_seen() -> None:
    """A recording that is cut says the same up to the cut."""
    whole = evening(EVERYWHERE, between(120, 180, 900.0), minutes=240)
    said = events(whole)
    for minute in (121, 123, 150, 181, 190):
        cut = [one for one in whole if one.at <= at(minute)]
        assert [one for one in events(cut) if _t(one) < minute * 60] == [one for one in said if _t(one) < minute * 60]


def test_a_gap_of_days_is_passed_over() -> None:
    """The bot was off for three days."""
    seen = [*evening(EVERYWHERE, minutes=60), *evening(EVERYWHERE, minutes=60, start=4320)]
    assert {one.get("symptom") for one in events(seen)} <= {"unmeasurable", None}


def test_the_clock_goes_on_to_the_recordings_end() -> None:
    """The last observation is not the last moment: what was under way is late by then."""
    header = Header(name="evening", epoch=T0, routes=tuple(EVERYWHERE), end=at(150))
    seen = evening(EVERYWHERE, minutes=120)
    assert [one.get("symptom") for one in events(seen, header)] == ["unmeasurable"]
    assert events([], header) == []


def test_other_observations_are_left_out() -> None:
    """A person's report is nothing that is measured."""
    report = Reported(at=at(1), person="Kim", text="mail is slow")
    assert list(backtest(read(recording(HEADER, [report])))) == []


def test_fewer_false_alarms_take_more_evidence() -> None:
    """Late mail is told later where nobody wants to be woken."""
    seen = evening(EVERYWHERE, between(120, 180, 900.0), minutes=180)
    soon, later = (
        next(iter(backtest(read(recording(HEADER, seen)), false_alarms_a_year=often))) for often in (1e4, 1e-9)
    )
    assert _t(soon) < _t(later)
    assert timedelta(seconds=_t(soon)) > timedelta(minutes=120)


def _t(event: Event) -> float:
    when = event["t"]
    assert isinstance(when, float)
    return when
