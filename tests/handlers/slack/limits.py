"""What Slack's documents allow in a message, written down apart from the code that renders: numbers as of 2026-11."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Block: TypeAlias = Mapping[str, Any]

MESSAGE_BLOCKS = 50
HOME_BLOCKS = 100
WHOLE_MESSAGE = 13_000
"""Not documented: Slack refuses about 13,200 characters with ``msg_blocks_too_long``."""
NOTICE = 4_000
ID = 255
LENGTHS = {
    "header": {"text": 150},
    "section": {"text": 3_000},
    "button": {"text": 75, "value": 2_000, "url": 3_000, "accessibility_label": 75},
    "image": {"alt_text": 2_000, "image_url": 3_000, "title": 2_000},
}
NUMBERS = {"section": {"fields": 10}, "context": {"elements": 10}, "actions": {"elements": 25}}
FIELD = 2_000
PLAIN_ALONE = frozenset({"header", "button"})


def faults(blocks: Sequence[Block], *, most: int = MESSAGE_BLOCKS) -> list[str]:
    """Say what Slack would refuse in a message's or a view's blocks."""
    found = [fault for number, block in enumerate(blocks) for fault in _of(block, f"blocks/{number}")]
    if not 0 < len(blocks) <= most:
        found.append(f"{len(blocks)} blocks")
    if (length := len(json.dumps(blocks, ensure_ascii=False))) > WHOLE_MESSAGE * most / MESSAGE_BLOCKS:
        found.append(f"{length} characters in all")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        found.append("a block_id twice")
    return found


def _of(thing: Block, where: str) -> Iterator[str]:
    """Check a block or an element, and what is inside."""
    yield from (f"{where}: {fault}" for check in (_lengths, _numbers, _form) for fault in check(thing))
    for number, inner in enumerate(thing.get("elements", ())):
        yield from _of(inner, f"{where}/elements/{number}")


def _lengths(thing: Block) -> Iterator[str]:
    kind = str(thing.get("type"))
    limits = {**LENGTHS.get(kind, {}), "block_id": ID, "action_id": ID}
    told = {name: _words(thing[name]) for name in limits if name in thing}
    yield from (
        f"{name} of {kind} has {len(said)} characters"
        for name, said in told.items()
        if not 0 < len(said) <= limits[name]
    )
    for field in thing.get("fields", ()):
        if not 0 < len(_words(field)) <= FIELD:
            yield f"a field has {len(_words(field))} characters"


def _numbers(thing: Block) -> Iterator[str]:
    kind = str(thing.get("type"))
    for name, most in NUMBERS.get(kind, {}).items():
        if name in thing and not 0 < len(thing[name]) <= most:
            yield f"{len(thing[name])} {name} in {kind}"


def _form(thing: Block) -> Iterator[str]:
    if thing.get("type") in PLAIN_ALONE and thing["text"]["type"] != "plain_text":
        yield f"{thing['type']} is no plain_text"
    actions = [one["action_id"] for one in thing.get("elements", ()) if "action_id" in one]
    if len(actions) != len(set(actions)):
        yield "an action_id twice"


def _words(said: object) -> str:
    return str(said["text"] if isinstance(said, Mapping) else said)
