"""Public status pages, and the posts of advisories wherever they come from."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import httpx

from bot.advisories import listed, read
from bot.explain import told
from bot.microsoft import open_http
from bot.types import AdvisorySeen
from bot.watch.status_pages import Page, StatusFeed, StatusPage
from bot.watch.status_readers import READERS as FORMS
from tests.advisories.samples import TOLD, issue
from tests.fuzz.harness import NESTING, Read, Reader, plain, whole
from tests.mail.worlds import NOON
from tests.watch.test_status_readers import PAGES

LANGUAGES = ("en", "de", "fr", "es", "ja")
PIECES = (
    *NESTING,
    b"<",
    b"&lt;",
    b"&#x41;",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"&a;",
    b"<![CDATA[",
    b'<?xml version="1.0" encoding="utf-7"?>',
    b'<?xml version="1.0" encoding="x"?>',
    b"<item>",
    b"\xff\xfe",
    b"\xfe\xff\0",
    b"\0",
    b"jsonp(",
    b"\\u0000",
    b"\\ud800",
)


class _Said(StatusFeed):
    """A page whose body is at hand: all but the connection is the real one."""

    said = b""

    async def _body(self) -> bytes:
        return self.said


def _page(form: str) -> Callable[[], AbstractContextManager[Read]]:
    """Open a watcher of a page that says what it is given; what it then shows is read as well."""

    @contextmanager
    def opened() -> Iterator[Read]:
        page = Page(source=form, url="https://page.example/", reader=form)

        def answered(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=straight.said)

        http = open_http(transport=httpx.MockTransport(answered))
        connected, straight = StatusFeed(page, http), _Said(page, http)

        async def looked(raw: bytes) -> None:
            straight.said = raw
            feed = connected if whole(raw) else straight
            watch, listing = StatusPage(feed), await feed.read()
            for hours in (0, 1):
                for seen in watch.take(listing, NOON + timedelta(hours=hours)):
                    if isinstance(seen, AdvisorySeen) and not hours:
                        read(json.loads(json.dumps(seen.issue)), source=form, now=NOON)

        with asyncio.Runner() as runner:
            yield lambda raw: runner.run(looked(raw))
            runner.run(http.aclose())

    return opened


# Words that rules look for, and what surrounds them: repeated, they show a pattern that goes back and forth.
POSTS = (
    b"User impact: ", b"Current status: ", b"Title: ", b"Next update by: ", b"Friday, November 27, 2026, at 2:30 PM UTC ", b"in the next ",
    b"users may be unable to send or receive email messages ", b"some ", b"not ", b" and ", b"may ", b"delayed ", b"NDR ", b"550 5.7.705 ",
    b"EX123456 ", b", ", b". ", b" ", b"\\n", b"\\\\ ", b"<br>", b"<a href='", b"&amp;", b"1", b"2026-", b"'", b"(", b"-", b"a", b"A", b"\xc3\xa2",
    b"we've ", b"affected ", b"approximately ", b"minutes ", b"between ", b"North America ", b"root cause ", b"resend ", b"resolved ",
)  # fmt: skip


def _advisory(raw: bytes) -> None:
    """Read a text as the newest post of an advisory, its first line as the title as well, and say it in a language."""
    text = raw.decode("utf-8", "replace").replace("\\n", "\n")
    title, _, impact = text.partition("\n\n")
    post = {"createdDateTime": "2026-11-23T09:00:00Z", "description": {"contentType": "html", "content": text}}
    seen = {
        "id": "EX1",
        "title": title[:500],
        "impactDescription": impact.partition("\n")[0][:2000],
        "service": "Exchange Online",
        "posts": [post],
    }
    json.dumps(told(read(seen, now=NOON), language=LANGUAGES[len(raw) % len(LANGUAGES)]))


def _listing(raw: bytes) -> None:
    """Read a document of advisories in whatever form it is."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return
    for one in listed(document):
        told(read(one.issue, source=one.source, now=NOON))


READERS: Mapping[str, Reader] = {
    **{f"page-{form}": Reader(opened=_page(form), seeds=(PAGES[form][0],), pieces=PIECES) for form in FORMS},
    "advisory-posts": Reader(
        opened=plain(_advisory),
        seeds=tuple(f"Title: {row['title']}\n\n{row['post']}".encode() for row in TOLD[:40]),
        pieces=POSTS,
    ),
    "advisory-listings": Reader(
        opened=plain(_listing),
        seeds=tuple(json.dumps({"value": [issue(row)]}).encode() for row in TOLD[40:60])
        + tuple(PAGES[form][0] for form in ("google", "slack", "statuspage", "instatus", "microsoft")),
    ),
}
