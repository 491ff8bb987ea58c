"""Cards as Microsoft's own renderer draws them in a browser, in columns of a theme each."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from tests.kits import KITS, MODULES, node

Card: TypeAlias = Mapping[str, Any]

PHONE, DESKTOP = 360, 720
"""Widths in CSS pixels: the narrowest phone that Teams runs on, and a card at full width in a channel."""
GAP = 12
SCRIPTS = (
    MODULES / "adaptivecards" / "dist" / "adaptivecards.min.js",
    MODULES / "markdown-it" / "dist" / "browser" / "markdown-it.umd.min.js",
)
SHADES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "around": "#f5f5f5",
        "paper": "#ffffff",
        "text": "#242424",
        "subtle": "#616161",
        "accent": "#5b5fc7",
        "good": "#237b4b",
        "warning": "#835c00",
        "attention": "#c4314b",
    },
    "dark": {
        "around": "#1f1f1f",
        "paper": "#292929",
        "text": "#ffffff",
        "subtle": "#adadad",
        "accent": "#9299f7",
        "good": "#92c353",
        "warning": "#f8d22a",
        "attention": "#f9526b",
    },
}
"""The colours of Teams' two themes."""
_SCRIPT = """
const markdown = window.markdownit();
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};
for (const [column, { host, cards }] of COLUMNS.entries()) {
  for (const given of cards) {
    const card = new AdaptiveCards.AdaptiveCard();
    card.hostConfig = new AdaptiveCards.HostConfig(host);
    card.parse(given);
    const box = document.createElement("div");
    box.className = "card";
    box.appendChild(card.render());
    document.getElementById(`column${column}`).appendChild(box);
  }
}
"""
_STYLE = """
body { margin: 0; display: flex; font: 14px 'DejaVu Sans', sans-serif; }
section { box-sizing: border-box; padding: 12px; }
.card { border-radius: 6px; margin-bottom: 12px; border: 1px solid #8884; }
.ac-textBlock p { margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 14px; margin: 0 0 12px; }
.slack { background: #fff; padding: 12px 16px; margin-bottom: 12px; }
.slack h3 { font-size: 16px; margin: 0 0 8px; } .slack p { margin: 0 0 6px; white-space: pre-line; }
.slack .context { color: #616061; font-size: 12px; } .slack .actions { margin-top: 8px; }
.slack .button { font: inherit; background: #fff; border: 1px solid #bbb; border-radius: 6px; margin: 0 4px 4px 0; }
.slack .circle { display: inline-block; width: 12px; height: 12px; border-radius: 50%; background: #1d72d8; margin-right: 4px; }
.slack .red { background: #d92d20; } .slack .orange { background: #ef7d0e; } .slack .green { background: #1f9d55; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Cards below one another in a theme, or what another chat shows, as HTML."""

    cards: Sequence[Card] = ()
    theme: str = "light"
    width: int = PHONE
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What stands on a page: texts that are wider than their box, whether it must be scrolled aside, and its words."""

    wide: tuple[str, ...]
    overflows: bool
    words: str
    dressed: int
    """Links, lists and letters that markdown made bold, slanted or code."""


def draw(pages: Iterable[tuple[Sequence[Column], Path | None]]) -> list[Seen]:
    """Draw pages in one browser, and keep a picture of those that name a file."""
    jobs = "\n".join(json.dumps(_job(columns, picture)) for columns, picture in pages)
    seen = [json.loads(line) for line in node(KITS / "draw.mjs", stdin=jobs).splitlines()]
    return [
        Seen(wide=tuple(one["wide"]), overflows=one["overflows"], words=one["words"], dressed=one["dressed"])
        for one in seen
    ]


def _job(columns: Sequence[Column], picture: Path | None) -> dict[str, object]:
    given = [{"host": _host(SHADES[one.theme]), "cards": [_named(card) for card in one.cards]} for one in columns]
    return {
        "page": f"<!DOCTYPE html><meta charset='utf-8'><style>{_STYLE}</style>{''.join(map(_section, range(len(columns)), columns))}",
        "width": sum(one.width for one in columns),
        "picture": str(picture) if picture else None,
        "scripts": [str(path) for path in SCRIPTS],
        "script": _SCRIPT.replace("COLUMNS", json.dumps(given)),
    }


def _section(number: int, column: Column) -> str:
    shades = SHADES[column.theme]
    style = f"width: {column.width}px; background: {shades['around']}; color: {shades['text']}"
    return f'<section id="column{number}" style="{style}">{column.html}</section>'


def _named(card: Card) -> object:
    """Show a mention as Teams does: as a name, where the renderer would show its tag."""
    return json.loads(re.sub(r"<at>(.*?)</at>", r"@\1", json.dumps(card)))


def _host(shades: Mapping[str, str]) -> dict[str, object]:
    """Give a host configuration such as Teams has: its sizes and named colours."""
    named = {name: shades[name] for name in ("accent", "good", "warning", "attention")}
    palette = {**named, "default": shades["text"], "dark": shades["text"], "light": shades["subtle"]}
    foreground = {name: {"default": shade, "subtle": shades["subtle"]} for name, shade in palette.items()}
    return {
        "fontFamily": "'DejaVu Sans', 'Noto Color Emoji', sans-serif",
        "fontSizes": {"small": 12, "default": 14, "medium": 14, "large": 18, "extraLarge": 24},
        "fontWeights": {"lighter": 200, "default": 400, "bolder": 600},
        "lineHeights": {"small": 16, "default": 20, "medium": 20, "large": 24, "extraLarge": 32},
        "spacing": {"small": 4, "default": 8, "medium": 20, "large": 30, "extraLarge": 40, "padding": 16},
        "separator": {"lineThickness": 1, "lineColor": shades["subtle"]},
        "containerStyles": {"default": {"backgroundColor": shades["paper"], "foregroundColors": foreground}},
    }
