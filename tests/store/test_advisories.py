from collections.abc import Mapping

from sqlalchemy import func, select

from bot.store import Store
from bot.store.tables import advisory_bodies
from bot.types import AdvisoryGone, AdvisorySeen
from tests.store.samples import HOUR, MINUTE, T0

FIRST: Mapping[str, object] = {"id": "EX1", "posts": [{"createdDateTime": "2026-03-01T08:00:00Z", "description": "a"}]}
REWORDED: Mapping[str, object] = {
    "id": "EX1",
    "posts": [{"createdDateTime": "2026-03-01T08:00:00Z", "description": "b"}],
}
LONGER: Mapping[str, object] = {
    "id": "EX1",
    "posts": [
        {"createdDateTime": "2026-03-01T08:00:00Z", "description": "b"},
        {"createdDateTime": "2026-03-01T09:00:00Z", "description": "c\0"},
    ],
}


def seen(
    issue: Mapping[str, object], minutes: int, *, tenant: str = "default", source: str = "microsoft"
) -> AdvisorySeen:
    """Make a sight of an advisory."""
    return AdvisorySeen(at=T0 + minutes * MINUTE, source=source, issue=issue, tenant=tenant)


async def test_the_newest_version_is_kept_with_our_own_times(store: Store) -> None:
    """First and last seen are ours, and an unchanged advisory is no news."""
    async with store.begin() as tx:
        for issue, minutes in ((FIRST, 0), (FIRST, 5), (LONGER, 10)):
            await tx.advisories.see([seen(issue, minutes)])
        (kept,) = await tx.advisories.listed("default")
        assert len(await tx.advisories.versions("default", "microsoft", "EX1")) == 2
    assert (kept.id, kept.source, kept.first_seen, kept.last_seen) == ("EX1", "microsoft", T0, T0 + 10 * MINUTE)
    assert kept.issue == LONGER
    assert kept.gone_at is None


async def test_every_version_and_every_wording_stays(store: Store) -> None:
    """A post that the vendor rewrites is kept in both wordings."""
    async with store.begin() as tx:
        for minutes, issue in enumerate((FIRST, REWORDED, LONGER, FIRST)):
            await tx.advisories.see([seen(issue, minutes)])
        versions = await tx.advisories.versions("default", "microsoft", "EX1")
    assert [each.issue for each in versions] == [FIRST, REWORDED, LONGER]
    assert [each.first_seen for each in versions] == [T0, T0 + MINUTE, T0 + 2 * MINUTE]


async def test_gone_is_remembered_from_its_first_moment_until_it_is_listed_again(store: Store) -> None:
    """The feed may drop an advisory and bring it back."""
    async with store.begin() as tx:
        await tx.advisories.see([seen(FIRST, 0)])
        for minutes in (10, 20):
            await tx.advisories.gone(AdvisoryGone(at=T0 + minutes * MINUTE, source="microsoft", id="EX1"))
        assert await tx.advisories.listed("default") == []
        (kept,) = await tx.advisories.since("default", T0)
        assert kept.gone_at == T0 + 10 * MINUTE
        assert await tx.advisories.since("default", T0 + HOUR) == []
        await tx.advisories.see([seen(FIRST, 30)])
        (back,) = await tx.advisories.listed("default")
    assert (back.first_seen, back.gone_at) == (T0, None)


async def test_an_older_sight_changes_nothing_newer(store: Store) -> None:
    """Two machines may save in the other order."""
    async with store.begin() as tx:
        await tx.advisories.see([seen(LONGER, 10)])
        await tx.advisories.see([seen(FIRST, 5)])
        (kept,) = await tx.advisories.listed("default")
    assert kept.issue == LONGER


async def test_tenants_and_sources_are_apart(store: Store) -> None:
    """The same id elsewhere is another advisory."""
    async with store.begin() as tx:
        await tx.advisories.see([seen(FIRST, 0)])
        await tx.advisories.see([seen(REWORDED, 0, tenant="other")])
        await tx.advisories.see([seen(LONGER, 0, source="google")])
        assert [each.issue for each in await tx.advisories.listed("default", "microsoft")] == [FIRST]
        assert [each.issue for each in await tx.advisories.listed("other")] == [REWORDED]
        assert len(await tx.advisories.listed("default")) == 2
        assert [each.issue for each in await tx.advisories.versions("other", "microsoft", "EX1")] == [REWORDED]


async def test_any_json_is_kept(store: Store) -> None:
    """A feed with another shape loses nothing."""
    strange: Mapping[str, object] = {"name": "no id", "posts": "none"}
    async with store.begin() as tx:
        await tx.advisories.see([seen(strange, 0)])
        (kept,) = await tx.advisories.listed("default")
        assert (kept.id, kept.issue) == ("", strange)


async def test_what_many_tenants_have_listed_is_saved_at_once_and_its_text_kept_once(store: Store) -> None:
    names = [f"tenant-{number}" for number in range(50)]
    async with store.begin() as tx:
        await tx.advisories.see([seen(issue, 0, tenant=name) for name in names for issue in (FIRST, {"id": "EX2"})])
        kept = await tx.advisories.listed("tenant-49")
        texts = await tx.connection.scalar(select(func.count()).select_from(advisory_bodies))
    assert [each.id for each in kept] == ["EX1", "EX2"]
    assert texts == 2
