"""FETCH: what a client gets of a message."""

import re
from collections.abc import Sequence

from bot.demo.imap.wire import Argument, WireError, text
from bot.demo.mail.mailbox import Stored

_MACROS = {"FAST": ["FLAGS", "INTERNALDATE", "RFC822.SIZE"]}
_SECTION = re.compile(r"BODY(\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?", re.IGNORECASE)
_FIELDS = re.compile(r"HEADER\.FIELDS(\.NOT)? \(([^)]*)\)", re.IGNORECASE)
_WHOLE = {"RFC822": "", "RFC822.HEADER": "HEADER", "RFC822.TEXT": "TEXT"}


def items(token: Argument) -> list[str]:
    """Give the items that a FETCH asks for, macros spelled out."""
    asked = [text(part) for part in token] if isinstance(token, list) else [token]
    return [item for name in asked for item in _MACROS.get(name.upper(), [name])]


def marks_seen(asked: Sequence[str]) -> bool:
    """Tell whether fetching these marks a message as read."""
    return any(_reads(item.upper()) for item in asked)


def fetched(number: int, stored: Stored, asked: Sequence[str]) -> bytes:
    """Give the untagged answer for one message; ``WireError`` on an item that is not known."""
    parts = b" ".join(_item(stored, item) for item in asked)
    return b"* %d FETCH (%s)\r\n" % (number, parts)


def _reads(item: str) -> bool:
    return item in ("RFC822", "RFC822.TEXT") or item.startswith("BODY[")


def _item(stored: Stored, item: str) -> bytes:
    name = item.upper()
    if name in _WHOLE:
        return _as_literal(name, _section(stored.raw, _WHOLE[name]))
    if name.startswith("BODY"):
        return _body(stored, item)
    match name:
        case "UID":
            return b"UID %d" % stored.uid
        case "FLAGS":
            return b"FLAGS (%s)" % " ".join(sorted(stored.flags)).encode()
        case "RFC822.SIZE":
            return b"RFC822.SIZE %d" % len(stored.raw)
        case "INTERNALDATE":
            return b'INTERNALDATE "%s"' % stored.received.strftime("%d-%b-%Y %H:%M:%S %z").encode()
        case _:
            raise WireError(f"cannot fetch {item}")


def _body(stored: Stored, item: str) -> bytes:
    match = _SECTION.fullmatch(item)
    if match is None:
        raise WireError(f"cannot fetch {item}")
    content = _section(stored.raw, match[2])
    label = f"BODY[{match[2]}]"
    if match[3] is None:
        return _as_literal(label, content)
    start = int(match[3])
    return _as_literal(f"{label}<{start}>", content[start : start + int(match[4])])


def _section(raw: bytes, section: str) -> bytes:
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = _FIELDS.fullmatch(section)
    if fields:
        return _fields(head, {name.upper() for name in fields[2].split()}, wanted=not fields[1])
    match section.upper():
        case "":
            return raw
        case "HEADER":
            return head + b"\r\n\r\n"
        case "TEXT":
            return body
        case _:
            raise WireError(f"no section {section}")


def _fields(head: bytes, names: set[str], *, wanted: bool) -> bytes:
    unfolded = re.split(rb"\r\n(?![ \t])", head)
    kept = [line for line in unfolded if (line.partition(b":")[0].decode().upper() in names) is wanted]
    return b"".join(line + b"\r\n" for line in kept) + b"\r\n"


def _as_literal(label: str, content: bytes) -> bytes:
    return b"%s {%d}\r\n%s" % (label.encode(), len(content), content)
