from dataclasses import replace

from bot.store import KeptEvidence, Store
from tests.store.samples import DAY, HOUR, MINUTE, T0, change, finding, incident


async def test_ids_are_short_and_count_up_in_each_tenant(store: Store) -> None:
    """People type them."""
    async with store.begin() as tx:
        ids = [await tx.incidents.next_id(tenant) for tenant in ("default", "default", "other", "default")]
    assert ids == ["1", "2", "1", "3"]


async def test_an_incident_comes_back_as_it_was_saved_last(store: Store) -> None:
    """With its findings, claims and whom was told what."""
    async with store.begin() as tx:
        await tx.incidents.save(incident(), T0)
        later = replace(incident(), resolved=T0 + HOUR, told=("symptom:send_fails", "resolved"))
        await tx.incidents.save(later, T0 + HOUR)
        assert await tx.incidents.get("default", "1") == later
        assert await tx.incidents.get("default", "2") is None
        assert await tx.incidents.get("other", "1") is None


async def test_open_and_lately_resolved_incidents_are_found(store: Store) -> None:
    """Late joins look back seven days."""
    saved = [
        incident("1", resolved=T0 - 8 * DAY),
        incident("2", resolved=T0 - 6 * DAY),
        replace(incident("3"), opened=T0 - DAY),
        incident("4"),
    ]
    async with store.begin() as tx:
        for each in (*saved, incident("5", tenant="other")):
            await tx.incidents.save(each, T0)
        assert await tx.incidents.open("default") == [saved[2], saved[3]]
        assert await tx.incidents.since("default", T0 - 7 * DAY) == [saved[2], saved[1], saved[3]]


async def test_every_version_of_a_finding_is_kept_as_evidence(store: Store) -> None:
    """What we knew when, and each only once."""
    async with store.begin() as tx:
        for minutes, share in enumerate((0.2, 0.2, 0.5)):
            await tx.incidents.save(replace(incident(), findings=(finding(share),)), T0 + minutes * MINUTE)
        await tx.incidents.save(replace(incident(), findings=()), T0 + HOUR)
        evidence = await tx.incidents.evidence("default", "1")
        assert await tx.incidents.evidence("other", "1") == []
    assert evidence == [
        KeptEvidence(saved_at=T0, finding=finding(0.2)),
        KeptEvidence(saved_at=T0 + 2 * MINUTE, finding=finding(0.5)),
    ]


async def test_every_change_is_recorded(store: Store) -> None:
    """Also those that ring nobody and those about no incident."""
    news = [
        change(incident()),
        change(incident(), at=T0 + MINUTE, rings=False),
        change(None, at=T0 + HOUR),
        change(incident("2"), at=T0 + HOUR),
    ]
    async with store.begin() as tx:
        await tx.incidents.record(news)
        await tx.incidents.record([])
        assert await tx.incidents.changes("default", T0, T0 + DAY) == news
        assert await tx.incidents.changes("default", T0, T0 + HOUR) == news[:2]
        assert await tx.incidents.changes("default", T0, T0 + DAY, incident="1") == news[:2]
        assert await tx.incidents.changes("default", T0, T0 + DAY, ringing=True) == [news[0], *news[2:]]
        assert await tx.incidents.changes("other", T0, T0 + DAY) == []
