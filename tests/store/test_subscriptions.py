"""Who is told in person, on both databases."""

from dataclasses import replace
from datetime import time

from bot.store import Store
from bot.types import Direction, Person, QuietHours, Subscription
from tests.store.samples import MINUTE, T0

ANA = Person(platform="slack", workspace="T1", id="U1")
NIGHT = QuietHours(start=time(22), end=time(7, 30), zone="Europe/Berlin")
ASKED = Subscription(
    person=ANA, created=T0, directions=frozenset({Direction.OUTBOUND, Direction.INBOUND}), quiet=NIGHT, language="de"
)
BO = Subscription(
    person=Person(platform="teams", workspace="8e6f", id="29:1/x"), created=T0 + MINUTE, address='{"serviceUrl": "…"}'
)


async def test_what_a_person_wants_comes_back_as_it_was_saved(store: Store) -> None:
    """All of it, and nothing for somebody who asked for nothing."""
    async with store.begin() as tx:
        for one in (BO, ASKED):
            await tx.subscriptions.save(one)
        assert await tx.subscriptions.get(ANA) == ASKED
        assert await tx.subscriptions.get(replace(ANA, workspace="T2")) is None
        assert await tx.subscriptions.of("default") == [ASKED, BO]
        assert await tx.subscriptions.count("other") == 0


async def test_a_person_has_one_subscription_and_the_newest_counts(store: Store) -> None:
    """Nobody is told twice."""
    changed = replace(ASKED, directions=frozenset(), quiet=None, tenant="other")
    async with store.begin() as tx:
        await tx.subscriptions.save(ASKED)
        await tx.subscriptions.save(changed)
        assert await tx.subscriptions.of("default") == []
        assert await tx.subscriptions.of("other") == [changed]
        assert await tx.subscriptions.count("other") == 1


async def test_what_was_ended_is_forgotten(store: Store) -> None:
    """And ending it again is no error."""
    async with store.begin() as tx:
        await tx.subscriptions.save(ASKED)
        assert await tx.subscriptions.end(ANA)
        assert not await tx.subscriptions.end(ANA)
        assert await tx.subscriptions.get(ANA) is None


def test_a_person_is_a_destination_whose_name_can_be_read_back() -> None:
    """Whatever the platform's ids are made of; a channel of the settings is no person."""
    for person in (ANA, BO.person):
        assert Person.of(person.destination) == person
    assert Person.of("ops") is None
    assert Person.of("@ops") is None
