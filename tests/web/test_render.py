import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from bot.types import Moment
from bot.web.range import DEFAULT
from bot.web.render import HERE, asset, environment, parts
from bot.web.site import Site
from bot.words import LANGUAGES
from bot.words.catalogue import catalogue
from tests.web.examples import BAD, QUIET, at, ports

VOID = {"meta", "link", "input", "br", "hr", "img"}


class Reader(HTMLParser):
    """Reads a page and notes what matters to people who do not see it, or do not run scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.faults: list[str] = []
        self.svgs: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        named = dict(attrs)
        self.ids += [named["id"] or ""] if "id" in named else []
        self.headings += [int(tag[1])] if re.fullmatch(r"h\d", tag) else []
        self.svgs += [named] if tag == "svg" else []
        self.faults += [f"{tag} {name}" for name in named if name == "style" or name.startswith("on")]
        self.faults += ["inline script"] if tag == "script" and not named.get("src") else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that what closes was the last to open."""
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"stray </{tag}>")


async def read(site: Site) -> Reader:
    """Read the whole page of a site."""
    reader = Reader()
    reader.feed(await site.page(DEFAULT))
    return reader


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_well_formed_without_inline_script_or_style(language: str) -> None:
    reader = await read(Site(ports=ports(language=language), links={"Slack": "/slack"}))
    assert reader.faults == []
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))


async def test_headings_step_down_one_at_a_time_from_a_single_first() -> None:
    headings = (await read(Site(ports=ports()))).headings
    assert headings.count(1) == 1
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


async def test_every_picture_has_a_name_or_is_hidden_from_readers() -> None:
    pictures = (await read(Site(ports=ports()))).svgs
    assert [one for one in pictures if not ({"aria-label", "aria-labelledby", "aria-hidden"} & set(one))] == []


async def test_the_vendors_words_cannot_become_markup() -> None:
    html = await Site(ports=ports()).page(DEFAULT)
    assert "We&#39;re &lt;b&gt;investigating&lt;/b&gt;" in html
    assert "<b>" not in html


async def test_times_are_for_machines_too_and_in_utc_without_scripts() -> None:
    html = await Site(ports=ports()).page(DEFAULT)
    assert '<time datetime="2023-07-18T08:41:00+00:00" data-form="time">08:41 UTC</time>' in html


async def test_a_sign_always_has_its_word() -> None:
    html = await Site(ports=ports()).page(DEFAULT)
    assert re.search(r'sign-severe"[^>]*><use [^>]*/></svg><span>Sending is refused</span>', html)
    assert re.search(r'sign-ok"[^>]*><use [^>]*/></svg><span>Arrives as usual</span>', html)


async def test_the_live_part_leaves_the_chart_to_the_browser() -> None:
    html, at_ = await Site(ports=ports()).live()
    assert '<section id="delays" hx-morph-skip></section>' in html
    assert '<svg class="chart' not in html
    assert at_ == "2023-07-18T08:41:00+00:00"


async def test_a_quiet_page_has_no_open_incident() -> None:
    html = await Site(ports=ports(QUIET)).page(DEFAULT)
    assert "Mail is flowing." in html
    assert "What is wrong now" not in html


async def test_without_scripts_the_page_loads_itself_again() -> None:
    html = await Site(ports=ports(BAD)).page(DEFAULT)
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in html


def test_a_moment_is_told_apart_from_words() -> None:
    assert parts(("Since ", Moment(at=at(18, 8, 5), with_date=True)), catalogue("en")) == [
        ("Since ", "", ""),
        ("Jul 18 08:05 UTC", "2023-07-18T08:05:00+00:00", "day"),
    ]


def test_a_files_address_changes_with_the_file() -> None:
    assert re.fullmatch(r"/static/page\.css\?v=[0-9a-f]{12}", asset("page.css"))


@pytest.mark.parametrize("name", [path.name for path in (HERE / "templates").iterdir()])
def test_no_template_holds_a_sentence(name: str) -> None:
    source = environment().loader.get_source(environment(), name)[0]  # type: ignore[union-attr]  # it has one
    text = re.sub(r"\{[{%#].*?[%#}]\}|<[^>]*>", "", source, flags=re.DOTALL)
    assert not re.search(r"[A-Za-z]{3,} [a-z]{2,} ", text), text
