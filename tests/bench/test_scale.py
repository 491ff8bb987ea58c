"""The bench of many companies in small, so that it does not rot: every figure is there, and everybody was told."""

from bench.scale.__main__ import cost, judge, one_size
from bench.scale.model import fit, report
from bench.scale.run import Figures, Plan

SMALL = Plan(settle=0.0, window=1.0, poll="5s", one_in=3, questions=20, bots=2)


async def test_the_real_bot_watches_a_small_town_and_tells_everybody_of_a_fault() -> None:
    """Two processes that share it, against the cheap world and a real PostgreSQL."""
    figures = await one_size(20, SMALL)
    assert (figures.size, figures.probing, figures.unread, figures.untold) == (20, 2, 0, 0)
    assert figures.told_all >= figures.told_all_median > 0
    assert figures.told_some > 0
    assert figures.telling > 0
    assert figures.bot_memory > 0
    assert figures.database_bytes > 0
    assert figures.status_p99_ms >= figures.status_p50_ms > 0


def test_a_company_may_cost_a_tenth_more_among_many_and_no_more() -> None:
    base, few = _of(10, 0.1, 100.0), _of(110, 0.2, 200.0)
    assert cost(few, base) == {"cpu": 1000.0, "memory": 1024.0}
    assert judge(base, few, _of(1010, 1.15, 1150.0))
    assert not judge(base, few, _of(1010, 1.25, 1100.0))


def test_the_model_is_a_curve_that_is_held_against_what_it_was_not_fitted_to() -> None:
    curve = fit([(10, 1.0), (400, 5.0), (900, 7.0)])
    assert (curve.base, round(curve.each, 6), round(curve.power, 6)) == (1.0, 0.2, 0.5)
    assert fit([(10, 28.0), (100, 28.0)]).at(10_000) == 28.0
    sizes = (10, 500, 1_000, 2_000, 10_000)
    lines = [{"size": size, **dict.fromkeys(MEASURED, 2.0 + size / 100 * (size > 10))} for size in sizes]
    said = "\n".join(report(lines, {500, 10_000}))
    assert "fitted to 10, 1000, 2000 companies" in said
    assert "10000: foretold 102, measured 102" in said
    assert "1020 at 100000" in said


MEASURED = ("bot_share", "database_share", "bot_memory", "rows", "polls", "mails", "database_bytes", "connections")


def _of(size: int, share: float, memory: float) -> Figures:
    words = {"load_before": "", "load_after": ""}
    rest = dict.fromkeys(set(Figures.__dataclass_fields__) - {*words, "size", "bot_share", "bot_memory"}, 0)
    return Figures(size=size, bot_share=share, bot_memory=memory, **words, **rest)  # type: ignore[arg-type]  # all of them
