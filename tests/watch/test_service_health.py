import re
from datetime import datetime, timedelta

import httpx
import pytest

from bot.types import AdvisoryGone, AdvisorySeen, Observation, SourceBack, SourceBlind
from bot.watch import ServiceHealth
from tests.mail.worlds import NOON
from tests.microsoft.contract import check
from tests.microsoft.fake_graph import BASE, FakeGraph, failure

Issue = dict[str, object]


def issue(id_: str, *, resolved: bool = False, age: timedelta = timedelta(), title: str = "Mail is late") -> Issue:
    modified = NOON - age
    stamp = f"{modified:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "id": id_, "title": title, "isResolved": resolved, "startDateTime": stamp, "lastModifiedDateTime": stamp,
        "classification": "incident", "origin": "microsoft", "status": "serviceDegradation", "service": "Exchange Online",
        "impactDescription": title, "posts": [],
    }  # fmt: skip


class Feed:
    """A service health with state: it filters, pages, and answers by id, as Graph does."""

    def __init__(self, *listed: Issue) -> None:
        self.listed = list(listed)
        self.hidden: list[Issue] = []
        self.page_size = 100
        self.can_filter = True
        self.failure: httpx.Response | None = None
        self.keeps_contract = True
        self.graph = FakeGraph(self._answer)
        self.watch = ServiceHealth(self.graph.client, tenant="t")

    async def look(self, now: datetime = NOON) -> list[Observation]:
        return list(await self.watch.look(now))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = self.failure or self._found(request)
        if answer.is_success and self.keeps_contract:
            check(request, answer)
        return answer

    def _found(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/issues"):
            id_ = request.url.path.rpartition("/")[2]
            found = [one for one in [*self.listed, *self.hidden] if one["id"] == id_]
            return httpx.Response(200, json=found[0]) if found else failure(404)
        wanted = request.url.params.get("$filter")
        if wanted and not self.can_filter:
            return failure(400, "BadRequest", "Invalid filter")
        return self._page(wanted, int(request.url.params.get("$skip", 0)))

    def _page(self, wanted: str | None, skip: int) -> httpx.Response:
        since = re.search(r"lastModifiedDateTime ge (\S+)", wanted or "")
        chosen = [
            one
            for one in self.listed
            if not since or not one["isResolved"] or str(one["lastModifiedDateTime"]) >= since[1]
        ]
        body: dict[str, object] = {"value": chosen[skip : skip + self.page_size]}
        if skip + self.page_size < len(chosen):
            query = httpx.QueryParams({**({"$filter": wanted} if wanted else {}), "$skip": str(skip + self.page_size)})
            body["@odata.nextLink"] = f"{BASE}/admin/serviceAnnouncement/issues?{query}"
        return httpx.Response(200, json=body)


def ids(found: list[Observation]) -> list[object]:
    return [one.issue["id"] for one in found if isinstance(one, AdvisorySeen)]


async def test_what_is_listed_is_told_as_it_is_and_then_only_what_changed() -> None:
    """Every version is kept raw."""
    feed = Feed(issue("EX1"), issue("MO2"))
    first = await feed.look()
    assert first[0] == AdvisorySeen(at=NOON, tenant="t", source="microsoft", issue=issue("EX1"))
    assert ids(first) == ["EX1", "MO2"]
    assert await feed.look() == []
    feed.listed[1] = issue("MO2", resolved=True)
    assert ids(await feed.look()) == ["MO2"]


async def test_all_pages_are_read() -> None:
    """A tenant may have many."""
    feed = Feed(*(issue(f"EX{number}") for number in range(7)))
    feed.page_size = 3
    assert len(ids(await feed.look())) == 7
    assert len(feed.graph.asked) == 3


@pytest.mark.parametrize("can_filter", [True, False])
async def test_what_is_open_or_changed_this_week_is_wanted(*, can_filter: bool) -> None:
    """A Graph that refuses the filter is read whole and filtered here, from then on."""
    feed = Feed(
        issue("OLD", resolved=True, age=timedelta(days=8)),
        issue("OPEN", age=timedelta(days=30)),
        issue("NEW", resolved=True, age=timedelta(days=6)),
    )
    feed.can_filter = can_filter
    assert ids(await feed.look()) == ["OPEN", "NEW"]
    asked = len(feed.graph.asked)
    await feed.look()
    assert len(feed.graph.asked) == asked + 1
    assert feed.graph.asked[0].headers["Prefer"] == "odata.maxpagesize=1000"


async def test_what_is_listed_no_more_is_gone_after_it_was_asked_for_by_name() -> None:
    """Which is not the same as resolved."""
    feed = Feed(issue("EX1"), issue("EX2"))
    await feed.look()
    del feed.listed[0]
    assert await feed.look() == [AdvisoryGone(at=NOON, tenant="t", source="microsoft", id="EX1")]
    assert await feed.look() == []


async def test_the_last_one_may_be_gone_too() -> None:
    """An empty list is possible."""
    feed = Feed(issue("EX1"))
    await feed.look()
    feed.listed = []
    assert await feed.look() == [AdvisoryGone(at=NOON, tenant="t", source="microsoft", id="EX1")]


async def test_what_slipped_between_two_pages_is_not_gone() -> None:
    """It still answers by its name, with what is new."""
    feed = Feed(issue("EX1"), issue("EX2"))
    await feed.look()
    feed.hidden = [issue("EX1", title="Mail is very late")]
    del feed.listed[0]
    assert ids(await feed.look()) == ["EX1"]
    assert await feed.look() == []


async def test_what_became_too_old_is_forgotten_without_a_word() -> None:
    """A resolved advisory leaves the list after a week."""
    feed = Feed(issue("EX1", resolved=True), issue("EX2"))
    await feed.look()
    assert await feed.look(NOON + timedelta(days=8)) == []


async def test_a_list_that_is_suddenly_empty_is_blindness() -> None:
    """Five advisories do not vanish at once; nothing is told as gone."""
    feed = Feed(*(issue(f"EX{number}") for number in range(5)))
    await feed.look()
    listed, feed.listed = feed.listed, []
    (blind,) = await feed.look()
    assert isinstance(blind, SourceBlind)
    assert "lists nothing any more" in blind.error
    feed.listed = listed
    assert await feed.look() == [SourceBack(at=NOON, tenant="t", source="microsoft")]


async def test_an_empty_list_whose_advisories_answer_by_name_is_blindness() -> None:
    """The list is broken, not the world mended."""
    feed = Feed(issue("EX1"))
    await feed.look()
    feed.hidden, feed.listed = feed.listed, []
    (blind,) = await feed.look()
    assert isinstance(blind, SourceBlind)


async def test_a_list_in_which_nothing_changes_for_a_week_is_blindness() -> None:
    """With five open, somebody would have posted."""
    feed = Feed(*(issue(f"EX{number}") for number in range(5)))
    await feed.look()
    (blind,) = await feed.look(NOON + timedelta(days=7, minutes=1))
    assert isinstance(blind, SourceBlind)
    assert "has changed since 2026-11-23 12:00 UTC" in blind.error


async def test_a_feed_that_cannot_be_read_is_told_once_with_what_to_do() -> None:
    """And once when it can be read again."""
    feed = Feed(issue("EX1"))
    feed.failure = failure(403, "Forbidden")
    (blind,) = await feed.look()
    assert isinstance(blind, SourceBlind)
    assert "Grant the application permission ServiceHealth.Read.All" in blind.error
    assert (await feed.look(), feed.watch.readable) == ([], False)
    feed.failure = None
    back, seen = await feed.look()
    assert feed.watch.readable is True
    assert isinstance(back, SourceBack)
    assert isinstance(seen, AdvisorySeen)


async def test_a_failure_in_the_middle_changes_nothing() -> None:
    """What was listed before is listed still."""
    feed = Feed(issue("EX1"), issue("EX2"))
    await feed.look()
    del feed.listed[0]
    feed.failure = failure(500)
    assert len(await feed.look()) == 1
    feed.failure = None
    _, gone = await feed.look()
    assert isinstance(gone, AdvisoryGone)


async def test_graph_is_left_alone_for_as_long_as_it_asks() -> None:
    """More requests would only make it longer."""
    feed = Feed(issue("EX1"))
    feed.failure = failure(429, "TooManyRequests", Retry_After="90.5")
    assert len(await feed.look()) == 1
    asked = len(feed.graph.asked)
    assert await feed.look(NOON + timedelta(seconds=90)) == []
    assert len(feed.graph.asked) == asked
    feed.failure = None
    assert len(await feed.look(NOON + timedelta(seconds=91))) == 2


async def test_elements_of_another_shape_crash_nothing() -> None:
    """An advisory without a date is wanted, one without an id is not."""
    feed = Feed(
        {"id": "EX1", "isResolved": True, "lastModifiedDateTime": "someday"},
        {"title": "no id", "isResolved": False, "lastModifiedDateTime": ""},
        {"id": "EX3", "isResolved": None, "lastModifiedDateTime": "2026-11-23T12:00:00.1234567"},
    )
    feed.can_filter = feed.keeps_contract = False
    assert ids(await feed.look()) == ["EX1", "EX3"]


def test_its_name_is_its_source() -> None:
    """Several tenants may be watched."""
    assert Feed().watch.name == "microsoft"
