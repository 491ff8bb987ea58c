"""Service health, checked against Microsoft's own types."""

from typing import Any

import pytest

from bot.demo.graph import forbidden, throttled, unavailable
from bot.demo.july import july_2023
from bot.demo.story import Event
from tests.demo.graph.conftest import Asked
from tests.microsoft.contract import check_answer as check


def issue(number: int, **changes: object) -> dict[str, Any]:
    """Give an issue with everything that live ones have."""
    return {
        "id": f"EX{number}",
        "title": "Mail is late",
        "service": "Exchange Online",
        "feature": "E-Mail timely delivery",
        "featureGroup": "E-Mail timely delivery",
        "impactDescription": "Users' mail may be late.",
        "classification": "incident",
        "origin": "microsoft",
        "status": "serviceDegradation",
        "isResolved": False,
        "highImpact": None,
        "details": [],
        "startDateTime": "2023-07-17T15:00:00Z",
        "endDateTime": None,
        "lastModifiedDateTime": f"2023-07-17T16:{number:02}:00Z",
        "posts": [],
        **changes,
    }


async def test_nothing_published_is_an_empty_list_and_all_operational(asked: Asked) -> None:
    """Which is not the same as an error."""
    issues, overviews = (await asked.get("/issues")).json(), (await asked.get("/healthOverviews")).json()
    check(issues, "/admin/serviceAnnouncement/issues")
    check(overviews, "/admin/serviceAnnouncement/healthOverviews")
    assert issues["value"] == []
    assert {row["status"] for row in overviews["value"]} == {"serviceOperational"}


async def test_a_published_issue_is_listed_until_it_is_withdrawn(asked: Asked) -> None:
    """Gone is not resolved: it is simply not there any more."""
    asked.graph.publish(issue(1))
    asked.graph.publish(issue(1, title="Mail is very late"))
    listed = (await asked.get("/issues")).json()
    check(listed, "/admin/serviceAnnouncement/issues")
    assert [row["title"] for row in listed["value"]] == ["Mail is very late"]
    asked.graph.withdraw("EX1")
    assert (await asked.get("/issues")).json()["value"] == []
    with pytest.raises(KeyError):
        asked.graph.withdraw("EX1")


async def test_every_issue_of_the_july_story_is_of_microsofts_type(asked: Asked) -> None:
    """As it is listed at each moment of the story."""
    for event in july_2023().events:
        if _about_the_feed(event):
            event.happen(_OnlyGraph(asked.graph))  # type: ignore[arg-type]  # the feed's events touch nothing else
            check((await asked.get("/issues")).json(), "/admin/serviceAnnouncement/issues")
            check(
                (await asked.get("/healthOverviews?$expand=issues")).json(),
                "/admin/serviceAnnouncement/healthOverviews",
            )


def _about_the_feed(event: Event) -> bool:
    return event.what.startswith("Microsoft")


class _OnlyGraph:
    def __init__(self, graph: object) -> None:
        self.graph = graph


async def test_pages_are_followed_by_their_links(asked: Asked) -> None:
    """Each link keeps the query and stays on the same host."""
    for number in range(5):
        asked.graph.publish(issue(number, isResolved=number == 0))
    prefer = {"Prefer": "odata.maxpagesize=2"}
    page = (await asked.get("/issues?$filter=isResolved eq false&$orderby=lastModifiedDateTime desc", **prefer)).json()
    ids = [row["id"] for row in page["value"]]
    assert page["@odata.nextLink"].startswith(f"{asked.url}/v1.0/")
    check(page, "/admin/serviceAnnouncement/issues")
    while "@odata.nextLink" in page:
        page = (await asked.http.get(page["@odata.nextLink"], headers=prefer)).json()
        ids += [row["id"] for row in page["value"]]
    assert ids == ["EX4", "EX3", "EX2", "EX1"]


async def test_top_gives_that_many_and_no_next_page(asked: Asked) -> None:
    """The client asked for no more."""
    for number in range(3):
        asked.graph.publish(issue(number))
    page = (await asked.get("/issues?$top=2")).json()
    assert len(page["value"]) == 2
    assert "@odata.nextLink" not in page


async def test_one_issue_by_its_id(asked: Asked) -> None:
    """An unknown one is Graph's empty 404."""
    asked.graph.publish(issue(1))
    found = (await asked.get("/issues/EX1")).json()
    check(found, "/admin/serviceAnnouncement/issues/{serviceHealthIssue-id}")
    missing = await asked.get("/issues/EX9")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "UnknownError")


async def test_the_overview_says_how_a_service_is(asked: Asked) -> None:
    """With its issues, if asked for them."""
    asked.graph.publish(issue(1))
    overviews = (await asked.get("/healthOverviews?$expand=issues")).json()
    check(overviews, "/admin/serviceAnnouncement/healthOverviews")
    exchange = next(row for row in overviews["value"] if row["id"] == "Exchange")
    assert (exchange["status"], len(exchange["issues"])) == ("serviceDegradation", 1)


@pytest.mark.parametrize("path", ["/issues?$filter=nonsense", "/issues?$skip=x", "/issues?$top=-3"])
async def test_a_query_that_makes_no_sense_is_a_bad_request(asked: Asked, path: str) -> None:
    """With a message that says why."""
    answer = await asked.get(path)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("header", ["", "Bearer made-up", "Basic eDp5"])
async def test_without_a_token_there_is_nothing_to_see(asked: Asked, header: str) -> None:
    """Whatever is asked."""
    answer = await asked.get("/issues/EX1", Authorization=header)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")


async def test_graphs_own_troubles(asked: Asked) -> None:
    """A wait may be a fraction of seconds, and an error may have no message."""
    for fault in (throttled(), unavailable(), forbidden()):
        asked.graph.faults.switch_on(fault, times=1)
    answers = [await asked.get("/issues") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 503, 403]
    assert answers[0].headers["Retry-After"] == "2.128"
    assert answers[1].json()["error"]["message"] == ""
