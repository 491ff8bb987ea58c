from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects.sqlite import dialect

from bot.store import Store, StoreError
from bot.store.columns import Span, Time, Words
from bot.store.tables import machines
from tests.store.samples import T0

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.timezones() | st.just(UTC))  # noqa: DTZ001 - bounds are naive
DIALECT = dialect()
HALF_PAST_FIVE = timezone(timedelta(hours=5, minutes=30))


@given(MOMENTS)
def test_any_aware_moment_comes_back_to_the_microsecond(moment: datetime) -> None:
    """As UTC, whatever the zone it came in."""
    stored = Time().process_bind_param(moment, DIALECT)
    back = Time().process_result_value(stored, DIALECT)
    assert back == moment.astimezone(UTC)
    assert back is not None
    assert back.tzinfo is UTC


@given(st.timedeltas())
def test_any_length_of_time_comes_back(length: timedelta) -> None:
    """To the microsecond, negative ones too."""
    stored = Span().process_bind_param(length, DIALECT)
    assert Span().process_result_value(stored, DIALECT) == length


async def test_times_are_aware_and_utc_on_both_databases(store: Store) -> None:
    """In from any zone, out in UTC."""
    async with store.begin() as tx:
        await tx.machines.save({"default": b""}, T0.astimezone(HALF_PAST_FIVE))
        moment = await tx.connection.scalar(select(machines.c.saved_at))
    assert moment == T0
    assert moment is not None
    assert moment.tzinfo is UTC


async def test_a_naive_time_is_refused(store: Store) -> None:
    """Nobody knows whose it is."""
    with pytest.raises(StoreError, match="naive"):
        async with store.begin() as tx:
            await tx.machines.save({"default": b""}, T0.replace(tzinfo=None))


def test_nothing_stays_nothing() -> None:
    """NULL is None."""
    assert Time().process_bind_param(None, DIALECT) is None
    assert Words().process_bind_param(None, DIALECT) is None
