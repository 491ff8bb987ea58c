"""Evidence: what is taken back never turns into more."""

from datetime import datetime

from bot.detect import Detector
from bot.types import Direction, Route, Symptom
from tests.detect.evenings import EVERYWHERE, Fate, at, evening, watch


def test_a_pause_makes_no_fault_of_what_was_accepted() -> None:
    """Half of the mail waits, then the canary pauses: what is under way says nothing more, and nothing is refused."""

    def waits(route: Route, sent: datetime, number: int) -> Fate | None:
        held = sent >= at(120) and number % 2 and route.direction is not Direction.INTERNAL and not route.control
        return 900.0 if held else None

    said = watch(Detector(EVERYWHERE), evening(EVERYWHERE, waits, minutes=132), until=at(140))
    assert {finding.symptom for _, finding in said} == {Symptom.DELAYED, Symptom.UNMEASURABLE}
