"""Polls public status pages, which need no login and may still speak when the tenant's own feed is down."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import ParseError

import httpx

from bot.egress import same_origin
from bot.types import DEFAULT_TENANT, Observation
from bot.watch.ledger import Issue, Ledger
from bot.watch.sight import Sight
from bot.watch.status_readers import READERS

RUN_SECONDS = 30.0
MOST_BYTES = 4 * 1024 * 1024
MOST_MOVES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A status page: ``reader`` is one of the names in READERS."""

    source: str
    url: str
    reader: str


PAGES: Mapping[str, Page] = {
    page.source: page
    for page in (
        Page(source="microsoft-status", url="https://status.cloud.microsoft/api/posts/mac", reader="microsoft"),
        Page(source="azure", url="https://rssfeed.azure.status.microsoft/en-us/status/feed/", reader="rss"),
        Page(source="google", url="https://www.google.com/appsstatus/dashboard/incidents.json", reader="google"),
        Page(source="slack", url="https://slack-status.com/api/v2.0.0/current", reader="slack"),
        Page(source="proton", url="https://status.proton.me/api/v2/summary.json", reader="statuspage"),
        Page(source="fastmail", url="https://fastmailstatus.com/summary.json", reader="instatus"),
        Page(source="aws", url="https://health.aws.amazon.com/public/currentevents", reader="aws"),
    )
}
"""Those whose address is known; any other can be configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one reading of a page gave: its advisories by id, or why it could not be read."""

    issues: Mapping[str, Issue] = field(default_factory=dict)
    error: str = ""


class StatusFeed:
    """Reads one status page, for all tenants at once."""

    def __init__(self, page: Page, http: httpx.AsyncClient) -> None:
        """Take a page and an open HTTP client, which stays the caller's."""
        self._page = page
        self._http = http
        self._read = READERS[page.reader]

    @property
    def name(self) -> str:
        """The page, as a source."""
        return self._page.source

    async def read(self) -> Listing:
        """Read the page once, within half a minute."""
        try:
            async with asyncio.timeout(RUN_SECONDS):
                return Listing(issues=await self._issues())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Listing(error=f"{self.name} cannot be read: {str(error) or type(error).__name__}")
        except TimeoutError:
            return Listing(error=f"{self.name} was not read within {RUN_SECONDS:.0f} seconds")
        except (
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            ParseError,
            RecursionError,
            OverflowError,
            OSError,
        ) as error:
            return Listing(error=f"{self.name} has another shape than it should: {error}")

    async def _issues(self) -> dict[str, Issue]:
        return {str(issue["id"]): issue for issue in self._read(await self._body())}

    async def _body(self) -> bytes:
        """Read the page, also where it moved to on its own host; whoever runs it is not to send us anywhere else."""
        url = httpx.URL(self._page.url)
        for _ in range(MOST_MOVES):
            async with self._http.stream("GET", url, follow_redirects=False) as response:
                if response.next_request is None:
                    return await _read(response)
                moved = response.next_request.url
            if not same_origin(str(moved), str(url)):
                raise ValueError(f"it sends us to {moved.host}: if that is right, give its address")
            url = moved
        raise ValueError("it sends us round and round")


class StatusPage:
    """What one tenant is told of a page; what it lists no more is gone, and one that cannot be read cannot be seen."""

    def __init__(self, feed: StatusFeed, *, tenant: str = DEFAULT_TENANT) -> None:
        """Take what reads the page."""
        self._feed = feed
        self._sight = Sight(feed.name, tenant=tenant)
        self._ledger = Ledger(feed.name, tenant=tenant)

    @property
    def name(self) -> str:
        """The page, as a source."""
        return self._feed.name

    @property
    def readable(self) -> bool:
        """Whether the last look succeeded."""
        return not self._sight.blind

    def remember(self, issues: Mapping[str, Issue], blind: Collection[str]) -> None:
        """Take in what was listed before a restart, and which sources could not be seen then."""
        self._ledger.remember(issues)
        self._sight.remember(blind)

    async def look(self, now: datetime) -> Sequence[Observation]:
        """Have the page read, and tell what is new."""
        return self.take(await self._feed.read(), now)

    def take(self, listing: Listing, now: datetime) -> Sequence[Observation]:
        """Tell what is new for the tenant by a reading."""
        if listing.error:
            return self._sight.lost(now, listing.error)
        gone = [self._ledger.gone(id_, now) for id_ in self._ledger.missing(listing.issues)]
        return [*self._sight.found(now), *self._ledger.seen(listing.issues, now), *gone]


async def _read(response: httpx.Response) -> bytes:
    """Read a body up to the limit, and no further."""
    response.raise_for_status()
    kind = response.headers.get("Content-Type", "")
    if "html" in kind:
        # A web page with status 200 is what many of these addresses become when the service moves.
        raise ValueError(f"a web page ({kind})")
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES} bytes")
    return bytes(body)
