"""What the routes read: snapshots in memory, the past from the store, and the words for both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from bot.types import DEFAULT_TENANT, Direction, Snapshot, Text
from bot.web import render
from bot.web.chart import Delays, brief, draw
from bot.web.health import Health
from bot.web.history import DelayPoint, History
from bot.web.itself import itself
from bot.web.memory import Remembered
from bot.web.metrics import installed
from bot.web.range import Range
from bot.web.view import PageView, marks, spans, view
from bot.web.week import CELL, CELLS, WeekView, beginning, week
from bot.words import catalogue, tell
from bot.words import text as flat
from bot.words.page import Line, PageWords

WIDE, NARROW = (960, 320), (420, 300)
"""View boxes of the chart for a screen and for a phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the site is given; none of it but ``history`` waits for anything."""

    snapshot: Callable[[str], Snapshot]
    """How a tenant's mail is now."""
    health: Callable[[], Health]
    history: History
    tenant: str = DEFAULT_TENANT
    """Whose page it is."""
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class Site:
    """The page and the API of one tenant."""

    ports: Ports
    links: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def words(self) -> PageWords:
        """The page's sentences."""
        return PageWords(catalogue(self.ports.language))

    @cached_property
    def history(self) -> History:
        """The past, remembered for a few seconds."""
        return Remembered(self.ports.history)

    def snapshot(self) -> Snapshot:
        """Read how mail is now."""
        return self.ports.snapshot(self.ports.tenant)

    def view(self) -> PageView:
        """Say how mail is now."""
        return view(self.snapshot(), self.words, partial(tell, language=self.ports.language))

    def _whole(self) -> PageView:
        return replace(self.view(), itself=itself(self.ports.health(), self.words))

    def flat(self, text: Text) -> str:
        """Write a text in one string, its times in UTC."""
        return flat(text, self.words.catalogue)

    async def live(self) -> tuple[str, str]:
        """Render the live part; the second value is the time that it is as of, for machines."""
        shown = await self._week()
        return render.live(self._whole(), shown, self.words), self.snapshot().at.isoformat()

    async def page(self, wanted: Range, person: str = "") -> str:
        """Render the whole page, with the chart of the range wanted, for whom the proxy named, if it did."""
        shown = await self._week()
        delays = await self.delays(wanted)
        return render.page(self._whole(), shown, self._frame(delays, wanted, person), self.words)

    async def _week(self) -> WeekView:
        snapshot = self.snapshot()
        first = beginning(snapshot.at)
        points = await self.history.delays(self.ports.tenant, since=first, until=first + CELLS * CELL, step=CELL)
        return week((*snapshot.open, *snapshot.past), points, now=snapshot.at, words=self.words)

    async def delays(self, wanted: Range) -> Delays:
        """Read what the chart shows."""
        snapshot = self.snapshot()
        since, until = wanted.since(snapshot.at), wanted.until(snapshot.at)
        points = await self.history.delays(self.ports.tenant, since=since, until=until, step=wanted.step)
        incidents = (*snapshot.open, *snapshot.past)
        return Delays(
            since=since,
            until=until,
            step=wanted.step,
            points=tuple(points),
            spans=spans(incidents),
            marks=marks(incidents),
        )

    def _frame(self, delays: Delays, wanted: Range, person: str) -> render.Frame:
        wide, narrow = (draw(delays, width=size[0], height=size[1], day=self.words.day) for size in (WIDE, NARROW))
        return render.Frame(
            range=wanted,
            wide=wide,
            narrow=narrow,
            spoken=tuple(self._spoken(delays.points, line.direction) for line in wide.lines),
            links=tuple(self.links.items()),
            version=installed(),
            person=person,
        )

    def _spoken(self, points: Sequence[DelayPoint], way: Direction) -> str:
        ours = [point for point in points if point.direction is way]
        middles = sorted(point.median for point in ours if point.median is not None)
        worst = max((point.worst or point.median for point in ours if point.median is not None), default=None)
        return self.words.string(
            Line.DELAYS_TEXT,
            what=self.words.direction(ours[0].direction),
            middle=brief(middles[len(middles) // 2]) if middles else "-",
            worst=brief(worst) if worst else "-",
            failed=sum(point.failed for point in ours),
        )
