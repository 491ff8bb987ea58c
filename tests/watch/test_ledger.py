from bot.types import AdvisoryGone, AdvisorySeen
from bot.watch.ledger import Ledger
from tests.mail.worlds import NOON


def test_only_what_changed_is_told() -> None:
    """A new version of an advisory is news, the same one is not."""
    ledger = Ledger("feed", tenant="t")
    one = {"id": "EX1", "status": "investigating"}
    seen = AdvisorySeen(at=NOON, tenant="t", source="feed", issue=one)
    assert ledger.seen({"EX1": one}, NOON) == [seen]
    assert ledger.seen({"EX1": dict(reversed(one.items()))}, NOON) == []
    (changed,) = ledger.seen({"EX1": {**one, "status": "restored"}}, NOON)
    assert isinstance(changed, AdvisorySeen)
    assert len(ledger) == 1


def test_what_is_gone_or_forgotten_is_new_when_it_comes_back() -> None:
    """Nothing is told twice in between."""
    ledger = Ledger("feed")
    ledger.seen({"A": {"id": "A"}, "B": {"id": "B"}}, NOON)
    assert ledger.missing({"A": {}}) == ["B"]
    assert ledger.gone("B", NOON) == AdvisoryGone(at=NOON, source="feed", id="B")
    ledger.forget("A")
    assert ledger.missing({}) == []
    assert len(ledger.seen({"A": {"id": "A"}, "B": {"id": "B"}}, NOON)) == 2
