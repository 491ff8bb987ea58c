"""The templates: a page and its live part, from views to HTML."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.types import Moment, Text
from bot.web.chart import Chart
from bot.web.overview import Overview
from bot.web.range import RANGES, Range
from bot.web.view import PageView
from bot.web.week import WeekView
from bot.words.catalogue import Catalogue
from bot.words.page import Line, PageWords

HERE = Path(__file__).parent
NAMES_MOST = 500
"""So many companies of one fault are named on a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds the live part: the chart, first drawn as SVG, and ways to other places."""

    range: Range
    wide: Chart
    narrow: Chart
    spoken: tuple[str, ...]
    """The chart in words."""
    links: tuple[tuple[str, str], ...]
    version: str
    person: str = ""
    """Who is signed in at the proxy; empty where none says so."""


@cache
def environment() -> Environment:
    """Make the templates' environment once; an unknown name is an error, and everything is escaped."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def live(view: PageView, week: WeekView, words: PageWords) -> str:
    """Render what changes while the page is open; the chart's place is left empty, and kept by the browser."""
    return _rendered("live.html", words, view=view, week=week, frame=None)


def page(view: PageView, week: WeekView, frame: Frame, words: PageWords) -> str:
    """Render the whole page."""
    return _rendered("page.html", words, view=view, week=week, frame=frame)


def everybody(all_: Overview, words: PageWords, *, version: str) -> str:
    """Render the operator's view over all companies."""
    said = {"trouble": words.trouble, "number": words.catalogue.number, "shown": NAMES_MOST, "version": version}
    return _rendered("overview.html", words, all=all_, **said)


def _rendered(name: str, words: PageWords, **values: object) -> str:
    return environment().get_template(name).render(values | _said(words))


@cache
def asset(name: str) -> str:
    """Give the address of a file in ``static``, with its checksum."""
    return f"/static/{name}?v={hashlib.sha256((HERE / 'static' / name).read_bytes()).hexdigest()[:12]}"


def _said(words: PageWords) -> dict[str, object]:
    return {
        "say": words.string,
        "text": words.text,
        "direction": words.direction,
        "moment": lambda at, with_date=False: Moment(at=at, with_date=with_date),
        "Line": Line,
        "asset": asset,
        "ranges": RANGES.values(),
        "parts": lambda text: parts(text, words.catalogue),
        "language": words.catalogue.language,
    }


def parts(text: Text, catalogue: Catalogue) -> list[tuple[str, str, str]]:
    """Split a text into (words, machine's time, form); the last two are empty where the part is no moment."""
    return [
        (catalogue.moment(part), part.at.isoformat(), "day" if part.with_date else "time")
        if isinstance(part, Moment)
        else (part, "", "")
        for part in text
    ]
