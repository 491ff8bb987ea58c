from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.types import Snapshot, SourceNow
from bot.web.health import Condition, Count, Health
from bot.web.metrics import COUNTED, Collector, installed
from tests.web.examples import BAD, GOOD_HEALTH, NOW, QUIET

DOCS = Path(__file__).parents[2] / "docs"


def scraped(*snapshots: Snapshot, health: Health = GOOD_HEALTH) -> dict[str, float]:
    """Scrape once; the keys are names with the values of their labels."""
    registry = Collector(snapshots=lambda: snapshots, health=lambda: health, clients=lambda: 3).registry()
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for sample in family.samples
    }


def test_directions_are_counted_by_state_over_all_tenants() -> None:
    told = scraped(BAD, QUIET)
    assert told["mailstatus_direction_state outbound severe"] == 1
    assert told["mailstatus_direction_state outbound ok"] == 1
    assert told["mailstatus_direction_state internal ok"] == 2
    assert told["mailstatus_direction_state internal blind"] == 0


def test_incidents_feeds_and_delays_are_told() -> None:
    told = scraped(BAD)
    assert told["mailstatus_open_incidents severe"] == 1
    assert told["mailstatus_open_incidents warning"] == 1
    assert told["mailstatus_source_blind tests:office"] == 1
    assert told["mailstatus_source_blind microsoft"] == 0
    assert told["mailstatus_latency_seconds outbound"] == 9
    assert told["mailstatus_page_clients"] == 3


def test_health_is_told_as_the_probes_tell_it() -> None:
    health = replace(GOOD_HEALTH, store=False, waiting=2, oldest=NOW - timedelta(seconds=90))
    told = scraped(health=health)
    assert told["mailstatus_alive"] == 1
    assert told["mailstatus_ready"] == 0
    assert told["mailstatus_condition store_down"] == 1
    assert told["mailstatus_deliveries_oldest_seconds"] == 90
    assert told["mailstatus_loop_age_seconds canary"] == 60
    assert told[f"mailstatus_build_info {installed()}"] == 1


@pytest.mark.parametrize("count", Count)
def test_every_count_is_a_counter(count: Count) -> None:
    assert count in COUNTED
    assert f"mailstatus_{count}_total" in scraped()


def seen_by(number: int) -> Snapshot:
    """Give what a company sees that calls everything by a name of its own, and cannot see half of it."""
    kinds = ("mailbox", "sender", "calendar", "tests", "unheard", "loop:mailbox")
    sources = [SourceNow(source=f"{kind}:{end}-{number}") for kind in kinds for end in "ab"]
    blind = [replace(one, blind_since=NOW) for one in sources[:8]]
    return replace(BAD, tenant=f"t{number}", sources=(*blind, *sources[8:], SourceNow(source="microsoft")))


def test_ten_thousand_tenants_add_no_line() -> None:
    many = replace(GOOD_HEALTH, several=True)
    told = scraped(*(seen_by(number) for number in range(10_000)), health=many)
    assert set(told) == set(scraped(seen_by(0), health=many))
    blind = {name.partition(" ")[2]: value for name, value in told.items() if "source_blind" in name}
    shut = dict.fromkeys(("mailbox", "sender", "calendar", "tests"), 10_000)
    assert blind == {**shut, "unheard": 0, "loop": 0, "microsoft": 0}


def test_every_metric_is_documented() -> None:
    documented = (DOCS / "operate.md").read_text()
    names = {name.partition(" ")[0] for name in scraped(BAD) if name.startswith("mailstatus_")}
    assert [name for name in sorted(names) if f"`{name}`" not in documented] == []


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_has_an_entry_in_the_runbook(condition: Condition) -> None:
    assert f"## `{condition}`" in (DOCS / "runbook.md").read_text()
