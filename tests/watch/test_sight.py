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


def test_what_is_long_due_is_old_since_it_was_read_and_said_to_be_so_once() -> None:
    """Whoever took it over from another process does not know when it was read: only that it was not since."""
    sight, taken_over, told_before = (Sight("microsoft", tenant="t") for _ in range(3))
    sight.found(NOON)
    told_before.remember({"microsoft"})
    later = NOON.replace(hour=13)
    said = [one.unread(later, "Service health") for one in (sight, taken_over, told_before)]
    said.append(sight.unread(later, "Service health"))
    assert [[one.error for one in news if isinstance(one, SourceBlind)] for news in said] == [
        ["Service health was last read at 2026-11-23 12:00 UTC: there is more to read than we get done"],
        ["Service health was not read since we began to watch it: there is more to read than we get done"],
        [],
        [],
    ]
    assert sight.found(later) == [SourceBack(at=later, tenant="t", source="microsoft")]
