"""The bench of many companies in small, so that it does not rot: every figure is there, and everybody was told."""

from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

import pytest

from bench.asking import requests
from bench.scale.__main__ import cost, judge, one_size, verdict
from bench.scale.model import fit, report
from bench.scale.run import Figures, Plan, question
from bench.scale.town import Town

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


def test_a_size_that_kept_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    """A reading may be half a minute late."""
    assert verdict([_of(10, 0.1, 100.0), replace(_of(110, 0.2, 200.0), longest_gap=330.0)], "5m")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        pytest.param({"untold": 565}, "565 were not handed all of their messages", id="somebody was not told"),
        pytest.param(
            {"longest_gap": 331.0}, "one was not read for 331 s, 330 at most are fine", id="somebody was read late"
        ),
        pytest.param({"unread": 3}, "3 were never read", id="somebody was not read"),
    ],
)
def test_what_a_size_did_not_keep_is_said_and_fails_the_bench(
    figures: dict[str, Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """However little a company costs, and whichever size it was."""
    few, many = _of(110, 0.2, 200.0), _of(1010, 1.15, 1150.0)
    for sizes in ([replace(few, **figures), many], [few, replace(many, **figures)], [replace(few, **figures)]):
        assert not verdict([_of(10, 0.1, 100.0), *sizes], "5m")
        assert f"companies: {words}\n" in capsys.readouterr().out


@pytest.mark.parametrize(("count", "asked"), [(20, 10), (10, 10), (5, 5), (3, 4)])
def test_questions_are_spread_over_the_whole_town(count: int, asked: int) -> None:
    """Every company is asked about, or one in so many, and none twice before all were."""
    made = question(Town(size=10, world={}, poll="5m"), 80, count)
    channels = [parse_qs(one.partition(b"\r\n\r\n")[2].decode())["channel_id"][0] for one in islice(requests(made), 20)]
    assert len(set(channels)) == asked
    assert channels[:asked] == sorted(set(channels))
    assert channels[asked:] == channels[:-asked]


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
