from collections.abc import Collection
from dataclasses import fields
from datetime import timedelta
from typing import Any, get_args

import pytest

from bot.store import RouteNow, Store
from bot.store.observations import KINDS, PAGE
from bot.store.tables import observations
from bot.types import (
    AdvisoryGone,
    AdvisorySeen,
    Arrived,
    Bounced,
    CalendarSeen,
    Duplicated,
    Leg,
    Observation,
    Refused,
    Reported,
    Sent,
    SourceBack,
    SourceBlind,
    Unreachable,
    Where,
)
from tests.store.samples import HOUR, MINUTE, SECOND, T0

EVERY_KIND: list[Observation] = [
    Sent(at=T0, route="out", probe="1"),
    Refused(at=T0 + SECOND, route="out", probe="1", reply="550 no\0 \udce9", stage="rcpt"),
    Unreachable(at=T0 + 2 * SECOND, route="out", probe="2", error="timed out"),
    Arrived(
        at=T0 + 3 * SECOND,
        route="in",
        probe="3",
        latency=timedelta(seconds=2.5),
        folder="junk",
        legs=(Leg(by="mx.example", where=Where.OURS, seconds=2.5),),
        skew_seconds=-12.0,
        skew_by="mx.example",
    ),
    Duplicated(at=T0 + 3.5 * SECOND, route="in", probe="3", folder="junk"),
    Bounced(at=T0 + 4 * SECOND, route="in", probe="4", status="5.1.1", reply="unknown"),
    AdvisorySeen(at=T0 + 5 * SECOND, source="microsoft", issue={"id": "EX1", "posts": [{"é": None}]}),
    AdvisoryGone(at=T0 + 6 * SECOND, source="microsoft", id="EX1"),
    SourceBlind(at=T0 + 7 * SECOND, source="microsoft", error="401"),
    SourceBack(at=T0 + 8 * SECOND, source="microsoft", routes=("in", "out")),
    CalendarSeen(
        at=T0 + 8.5 * SECOND, calendar="office", change="c1", age_seconds=61.5, limit_seconds=600.0, fresh=False
    ),
    Reported(at=T0 + 9 * SECOND, person="U1", text="my mail is late", works=False),
]


async def everything(store: Store, tenant: str = "default", **only: Collection[Any]) -> list[Observation]:
    """Read back a day."""
    async with store.read() as tx:
        return [each async for each in tx.observations.between(tenant, T0, T0 + 24 * HOUR, **only)]


async def test_every_kind_comes_back_as_it_was(store: Store) -> None:
    """Whatever a watcher may see can be replayed, odd bytes included."""
    async with store.begin() as tx:
        await tx.observations.add(list(reversed(EVERY_KIND)))
    assert await everything(store) == EVERY_KIND


def test_no_kind_of_observation_is_forgotten() -> None:
    """The table knows every kind that there is, and the sample above has one of each."""
    kinds = {kind for each in get_args(Observation) for kind in (get_args(each) or (each,))}
    assert set(KINDS.values()) == kinds == {type(each) for each in EVERY_KIND}


@pytest.mark.parametrize("kind", KINDS.values())
def test_fields_beside_the_columns_are_plain_json(kind: type[Observation]) -> None:
    """A field of another type would need a column of its own."""
    own = {"tenant", "at", "route", "probe", "latency", "issue", "legs"}
    plain = {str, float, int, bool, bool | None, str | None, float | None, tuple[str, ...]}
    assert {field.type for field in fields(kind) if field.name not in own} <= plain


async def test_a_row_of_another_version_is_read_without_what_is_not_known(store: Store) -> None:
    """An update may have been undone, or have taken a field away."""
    seen = Arrived(at=T0, route="in", probe="1", latency=SECOND, folder="junk")
    async with store.begin() as tx:
        await tx.observations.add([seen])
        await tx.observations.connection.execute(observations.update().values(rest='{"folder":"junk","held_by":"mx"}'))
    assert await everything(store) == [seen]


async def test_a_range_is_read_by_tenant_route_and_kind(store: Store) -> None:
    """Nobody reads another tenant's rows, nor a row outside since <= at < until."""
    mine = [Sent(at=T0 + n * HOUR, route=f"r{n % 2}", probe=str(n)) for n in (-1, 0, 1, 2, 24)]
    async with store.begin() as tx:
        await tx.observations.add(
            [*mine, Sent(at=T0, route="r0", probe="x", tenant="other"), SourceBack(at=T0, source="m")]
        )
    assert await everything(store, kinds=[Sent]) == mine[1:4]
    assert await everything(store, routes=["r1"]) == [mine[2]]
    assert [each.tenant for each in await everything(store, "other")] == ["other"]


async def test_a_long_range_is_read_page_by_page(store: Store) -> None:
    """Rows of one moment on both sides of a page's end come once each."""
    rows: list[Observation] = [Sent(at=T0 + n // 3 * SECOND, route="out", probe=str(n)) for n in range(PAGE + 7)]
    async with store.begin() as tx:
        await tx.observations.add(rows)
    assert await everything(store) == rows


async def test_a_route_is_known_as_it_is_now(store: Store) -> None:
    """The last of each kind counts, also where a batch comes late."""
    async with store.begin() as tx:
        await tx.observations.add(EVERY_KIND)
        await tx.observations.add([Arrived(at=T0 - MINUTE, route="in", probe="0", latency=HOUR)])
        await tx.observations.add([Sent(at=T0 + MINUTE, route="in", probe="5")])
        routes = await tx.observations.now("default")
        assert await tx.observations.now("other") == []
    arrived, bounced = T0 + 3 * SECOND, T0 + 4 * SECOND
    assert routes == [
        RouteNow(
            route="in",
            at=T0 + MINUTE,
            sent_at=T0 + MINUTE,
            arrived_at=arrived,
            latency=timedelta(seconds=2.5),
            failed_at=bounced,
            failure="unknown",
        ),
        RouteNow(route="out", at=T0 + 2 * SECOND, sent_at=T0, failed_at=T0 + 2 * SECOND, failure="timed out"),
    ]


async def test_an_empty_batch_is_nothing(store: Store) -> None:
    """A watcher that saw nothing saves nothing."""
    async with store.begin() as tx:
        await tx.observations.add([])
    assert await everything(store) == []
