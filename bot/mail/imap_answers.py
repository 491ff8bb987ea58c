"""Reading what an IMAP server answers, apart from any connection."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

NUMBER = re.compile(rb"^\d{1,10}$")
FETCH = re.compile(rb"^\d+ FETCH \(")
UID = re.compile(rb"\bUID (\d{1,10})\b")
STORED = re.compile(rb'INTERNALDATE "([^"]+)"')
EXISTS = re.compile(rb"^(\d{1,10}) EXISTS")
NEXT_UID = re.compile(rb"\[UIDNEXT (\d{1,10})\]")
VALIDITY = re.compile(rb"\[UIDVALIDITY (\d{1,10})\]")
LISTED = re.compile(rb'^(?:LIST )?\(([^)]*)\) (?:"(?:\\.|[^"\\])*"|NIL) (.+)$')
JUNK_NAMES = {"junk", "junk e-mail", "junk email", "spam", "bulk mail", "inbox.junk", "inbox.spam", "[gmail]/spam"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One message of a FETCH answer."""

    uid: int
    content: bytes
    stored: datetime | None


def fetched(lines: Sequence[bytes | bytearray]) -> Iterator[Fetched]:
    """Give each message of a FETCH answer: lines are ``bytes``, literals are ``bytearray``."""
    for group in _groups(lines):
        text = b" ".join(part for part in group if isinstance(part, bytes))
        uid = UID.search(text)
        if uid is not None:
            content = next((bytes(part) for part in group if isinstance(part, bytearray)), b"")
            yield Fetched(uid=int(uid[1]), content=content, stored=_stored(text))


def _groups(lines: Sequence[bytes | bytearray]) -> Iterator[list[bytes | bytearray]]:
    group: list[bytes | bytearray] = []
    for line in lines:
        if isinstance(line, bytes) and FETCH.match(line):
            yield group
            group = []
        group.append(line)
    yield group


def _stored(text: bytes) -> datetime | None:
    match = STORED.search(text)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def uids(lines: Sequence[bytes | bytearray]) -> list[int]:
    """Read the numbers of a SEARCH answer, in order; the last line is the server's closing words."""
    return sorted({int(word) for line in lines[:-1] for word in bytes(line).split() if NUMBER.match(word)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What a SELECT answer says of a folder; 0 stands for what the server does not say."""

    exists: int
    validity: int
    next_uid: int


def selected(lines: Sequence[bytes | bytearray]) -> Selected:
    """Read a SELECT answer."""
    return Selected(exists=_number(EXISTS, lines), validity=_number(VALIDITY, lines), next_uid=_number(NEXT_UID, lines))


def _number(pattern: re.Pattern[bytes], lines: Sequence[bytes | bytearray]) -> int:
    return next((int(match[1]) for line in lines if (match := pattern.search(bytes(line)))), 0)


def junk_folder(lines: Sequence[bytes | bytearray]) -> str | None:
    r"""Find the junk folder in a LIST answer, by its \Junk flag before its name; the name is as the server wrote it."""
    listed = [match for line in lines if (match := LISTED.match(bytes(line)))]
    by_flag = [match for match in listed if rb"\junk" in match[1].lower()]
    by_name = [match for match in listed if _name(match).strip('"').lower() in JUNK_NAMES]
    found = by_flag or by_name
    return _name(found[0]) if found else None


def _name(match: re.Match[bytes]) -> str:
    return match[2].decode("ascii", "replace").strip()
