"""Block Kit as HTML."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from markupsafe import Markup

from bot.demo.chat.mrkdwn import mrkdwn, plain

Block: TypeAlias = Mapping[str, Any]


def blocks_html(blocks: Sequence[Block], *, ts: str = "") -> Markup:
    """Show a message's blocks; ``ts`` tells its buttons whose they are."""
    return Markup().join(_BLOCKS.get(str(block.get("type")), _unknown)(block, ts) for block in blocks)


def content_html(text: str, blocks: Sequence[Block], *, ts: str = "") -> Markup:
    """Show a message: its blocks, or its text where it has none."""
    return blocks_html(blocks, ts=ts) if blocks else Markup("<p>{}</p>").format(mrkdwn(text))


def _header(block: Block, _ts: str) -> Markup:
    return Markup("<h3>{}</h3>").format(_text(block.get("text")))


def _section(block: Block, ts: str) -> Markup:
    said = Markup("<p>{}</p>").format(_text(block["text"])) if "text" in block else Markup()
    fields = _joined(Markup("<div>{}</div>").format(_text(field)) for field in block.get("fields") or ())
    if fields:
        said += Markup('<div class="fields">{}</div>').format(fields)
    accessory = block.get("accessory")
    return said + (_element(accessory, ts) if accessory else Markup())


def _context(block: Block, ts: str) -> Markup:
    parts = _joined(Markup("<span>{}</span>").format(_element(part, ts)) for part in block.get("elements") or ())
    return Markup('<div class="context">{}</div>').format(parts)


def _actions(block: Block, ts: str) -> Markup:
    return Markup('<div class="actions">{}</div>').format(
        _joined(_element(part, ts) for part in block.get("elements") or ())
    )


def _divider(_block: Block, _ts: str) -> Markup:
    return Markup("<hr>")


def _table(block: Block, _ts: str) -> Markup:
    rows = [_joined(_cell(cell) for cell in row) for row in block.get("rows") or ()]
    return Markup("<table>{}</table>").format(_joined(Markup("<tr>{}</tr>").format(row) for row in rows))


def _rich_text(block: Block, ts: str) -> Markup:
    parts = [part for section in block.get("elements") or () for part in section.get("elements") or ()]
    return Markup("<p>{}</p>").format(_joined(_element(part, ts) for part in parts))


def _image(block: Block, _ts: str) -> Markup:
    return Markup('<p class="image">{}</p>').format(block.get("alt_text") or "image")


def _unknown(block: Block, _ts: str) -> Markup:
    return Markup('<p class="unknown">{}</p>').format(f"[{block.get('type')}]")


def _element(part: Block, ts: str) -> Markup:
    match part.get("type"):
        case "button":
            return _button(part, ts)
        case "image":
            return Markup('<span class="image">{}</span>').format(part.get("alt_text") or "image")
        case "text":
            return plain(str(part.get("text", "")))
        case _:
            return _text(part)


def _button(part: Block, ts: str) -> Markup:
    style = "button " + {"primary": "primary", "danger": "danger"}.get(str(part.get("style")), "")
    if part.get("url"):
        return Markup('<a class="{}" href="{}" rel="noreferrer">{}</a>').format(style, part["url"], _text(part["text"]))
    return Markup('<button type="button" class="{}" data-ts="{}" data-action="{}">{}</button>').format(
        style, ts, part.get("action_id", ""), _text(part.get("text"))
    )


def _cell(cell: Block) -> Markup:
    shown = _rich_text(cell, "") if cell.get("type") == "rich_text" else plain(str(cell.get("text", "")))
    return Markup("<td>{}</td>").format(shown)


def _text(given: object) -> Markup:
    if not isinstance(given, Mapping):
        return Markup()
    said = str(given.get("text", ""))
    return mrkdwn(said) if given.get("type") == "mrkdwn" else plain(said)


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)


_BLOCKS: Mapping[str, Callable[[Block, str], Markup]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "table": _table,
    "rich_text": _rich_text,
    "image": _image,
}
