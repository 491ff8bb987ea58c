import httpx
import pytest

from bot.microsoft import open_http
from bot.types import AdvisoryGone, AdvisorySeen, Observation, SourceBack, SourceBlind
from bot.watch import PAGES, Page, StatusFeed, StatusPage
from bot.watch.status_readers import READERS
from tests.mail.worlds import NOON

INCIDENT = {"id": 1, "title": "Slow", "status": "active", "notes": []}


def page(*incidents: dict[str, object]) -> httpx.Response:
    return httpx.Response(200, json={"status": "ok", "active_incidents": list(incidents)})


async def looks(*answers: httpx.Response | Exception) -> list[list[Observation]]:
    """Look once for each answer."""
    left = list(answers)

    def answer(_: httpx.Request) -> httpx.Response:
        one = left.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    async with open_http(transport=httpx.MockTransport(answer)) as http:
        watch = StatusPage(StatusFeed(Page(source="slack", url="https://s.example/", reader="slack"), http), tenant="t")
        assert watch.name == "slack"
        assert watch.readable
        return [list(await watch.look(NOON)) for _ in answers]


async def test_what_changes_on_the_page_is_told() -> None:
    """New, the same, changed, gone."""
    new, same, changed, gone = await looks(
        page(INCIDENT), page(INCIDENT), page({**INCIDENT, "title": "Very slow"}), page()
    )
    (seen,) = new
    assert isinstance(seen, AdvisorySeen)
    assert (seen.source, seen.tenant, seen.issue["id"]) == ("slack", "t", "1")
    assert same == []
    assert isinstance(changed[0], AdvisorySeen)
    assert gone == [AdvisoryGone(at=NOON, tenant="t", source="slack", id="1")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(200, html="<html>we moved</html>"), "a web page"),
        (httpx.Response(200, text="{"), "another shape"),
        (httpx.Response(200, json=None), "another shape"),
        (httpx.Response(200, content=b"[" * 100_000), "another shape"),
        (httpx.Response(200, content=b'<?xml version="1.0" encoding="x"?><rss/>'), "another shape"),
        (httpx.Response(200, content=b" " * (4 * 1024 * 1024 + 1)), "more than 4194304 bytes"),
        (httpx.Response(503), "503"),
        (httpx.Response(302, headers={"Location": "http://169.254.169.254/"}), "sends us to 169.254.169.254"),
        (httpx.Response(302, headers={"Location": "http://s.example/"}), "sends us to s.example"),
        (httpx.Response(302, headers={"Location": "https://s.example:8443/"}), "sends us to s.example"),
        (httpx.Response(302, headers={"Location": "//[::ffff:7f00:1]/"}), "sends us to ::ffff:7f00:1"),
        (httpx.ConnectError("no route to host"), "no route to host"),
    ],
)
async def test_a_page_that_cannot_be_read_is_blindness_and_nothing_is_gone(
    answer: httpx.Response | Exception, words: str
) -> None:
    """Not seeing is not the same as well."""
    first, (blind,), again = await looks(page(INCIDENT), answer, page(INCIDENT))
    assert len(first) == 1
    assert isinstance(blind, SourceBlind)
    assert words in blind.error
    assert again == [SourceBack(at=NOON, tenant="t", source="slack")]


def test_every_known_page_has_a_reader_and_an_address() -> None:
    """Over https."""
    for source, known in PAGES.items():
        assert known.source == source
        assert known.reader in READERS
        assert known.url.startswith("https://")


async def test_a_page_that_moved_is_followed() -> None:
    """Zoho's did."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "old.example":
            return httpx.Response(301, headers={"Location": "https://new.example/"})
        return page(INCIDENT)

    async with open_http(transport=httpx.MockTransport(answer)) as http:
        watch = StatusPage(StatusFeed(Page(source="slack", url="https://old.example/", reader="slack"), http))
        assert len(await watch.look(NOON)) == 1


async def test_a_page_that_moved_on_its_own_host_is_followed() -> None:
    """Round and round it is not."""
    answers = [httpx.Response(301, headers={"Location": "/v2"}), page(INCIDENT)]
    async with open_http(transport=httpx.MockTransport(lambda _: answers.pop(0))) as http:
        (seen,) = await StatusPage(
            StatusFeed(Page(source="slack", url="https://s.example/", reader="slack"), http)
        ).look(NOON)
    assert isinstance(seen, AdvisorySeen)
    there = httpx.MockTransport(lambda _: httpx.Response(301, headers={"Location": "/v2"}))
    async with open_http(transport=there) as http:
        (blind,) = await StatusPage(
            StatusFeed(Page(source="slack", url="https://s.example/", reader="slack"), http)
        ).look(NOON)
    assert isinstance(blind, SourceBlind)
    assert "round and round" in blind.error
