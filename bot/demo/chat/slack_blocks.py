"""What Slack refuses: blocks that are unknown, empty or too long."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Block: TypeAlias = Mapping[str, Any]

MOST_BLOCKS = 50
_LONGEST_HEADER = 150
_LONGEST_SECTION = 3000
_LONGEST_FIELD = 2000
_MOST_FIELDS = 10
_MOST_IN_CONTEXT = 10
_MOST_ACTIONS = 25
_LONGEST_BUTTON = 75


def complaint(blocks: Sequence[Block]) -> str:
    """Say what is wrong with a message's blocks; empty if nothing is."""
    if len(blocks) > MOST_BLOCKS:
        return f"no more than {MOST_BLOCKS} items allowed"
    for number, block in enumerate(blocks):
        check = _CHECKS.get(str(block.get("type")))
        wrong = check(block) if check else f"unsupported type: {block.get('type')}"
        if wrong:
            return f"{wrong} [json-pointer:/blocks/{number}]"
    return ""


def _text(given: object, longest: int) -> str:
    if not isinstance(given, Mapping) or given.get("type") not in ("plain_text", "mrkdwn"):
        return "a text object is missing"
    if not given.get("text"):
        return "must be more than 0 characters"
    return "" if len(str(given["text"])) <= longest else f"must be less than {longest + 1} characters"


def _header(block: Block) -> str:
    given = block.get("text")
    if isinstance(given, Mapping) and given.get("type") == "mrkdwn":
        return "a header is plain_text"
    return _text(given, _LONGEST_HEADER)


def _section(block: Block) -> str:
    fields = block.get("fields") or ()
    if len(fields) > _MOST_FIELDS:
        return f"no more than {_MOST_FIELDS} items allowed"
    if "text" not in block and not fields:
        return "a section needs text or fields"
    wrong = _text(block["text"], _LONGEST_SECTION) if "text" in block else ""
    return wrong or _first(_text(field, _LONGEST_FIELD) for field in fields)


def _context(block: Block) -> str:
    elements = block.get("elements") or ()
    if not 0 < len(elements) <= _MOST_IN_CONTEXT:
        return f"between 1 and {_MOST_IN_CONTEXT} elements"
    return _first(_text(element, _LONGEST_SECTION) for element in elements if element.get("type") != "image")


def _actions(block: Block) -> str:
    elements = block.get("elements") or ()
    if not 0 < len(elements) <= _MOST_ACTIONS:
        return f"between 1 and {_MOST_ACTIONS} elements"
    return _first(
        _text(element.get("text"), _LONGEST_BUTTON) for element in elements if element.get("type") == "button"
    )


def _anything(_: Block) -> str:
    return ""


def _first(complaints: Iterable[str]) -> str:
    return next((wrong for wrong in complaints if wrong), "")


_CHECKS: Mapping[str, Callable[[Block], str]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    **dict.fromkeys(("divider", "image", "rich_text", "markdown", "table"), _anything),
}
