from bot.types import SourceBack, SourceBlind
from bot.watch.sight import Sight
from tests.mail.worlds import NOON


def test_blindness_is_told_once_and_sight_again_once() -> None:
    """Only what changes is news."""
    sight = Sight("microsoft", tenant="t")
    assert sight.found(NOON) == []
    assert sight.lost(NOON, "503") == [SourceBlind(at=NOON, tenant="t", source="microsoft", error="503")]
    assert sight.lost(NOON, "504") == []
    assert sight.blind
    assert sight.found(NOON) == [SourceBack(at=NOON, tenant="t", source="microsoft")]
    assert sight.found(NOON) == []
