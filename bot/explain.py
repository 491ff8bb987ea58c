"""Advisories in a file, and what each of them means."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.advisories import Listed, listed, read
from bot.types import Direction, Reading, Symptom
from bot.words.advisory import explain as say

Object: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no advisory, counted from 1, and why."""

    line: int
    why: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"line {self.line} {self.why}"


def explain(text: str, *, language: str = "en") -> Iterator[Object | Broken]:
    """Yield what each advisory of a file means, in its order, and a ``Broken`` for each line that is none.

    The file is one JSON document (an issue, a list, a page of Graph, a public status page) or JSON Lines of these.
    """
    for entry in _entries(text.removeprefix("\ufeff")):
        yield entry if isinstance(entry, Broken) else told(read(entry.issue, source=entry.source), language=language)


def told(reading: Reading, *, language: str = "en") -> Object:
    """Give a reading and its plain words as one JSON object."""
    return {
        "id": reading.id,
        "source": reading.source,
        "is_mail": reading.is_mail,
        "symptom": symptom(reading),
        "direction": reading.direction,
        "action": reading.action,
        "state": reading.state,
        "text": say(reading, language=language),
        "title": reading.title,
        "service": reading.service,
        "status": reading.status,
        "codes": list(reading.codes),
        "quotes": list(reading.quotes),
        "scope": reading.scope,
        "places": list(reading.places),
        "topics": list(reading.topics),
        "cause": reading.cause,
        "start": _iso(reading.start),
        "end": _iso(reading.end),
        "modified": _iso(reading.modified),
        "next_update": _iso(reading.next_update),
    }


def symptom(reading: Reading) -> str:
    """Name the symptom; late mail by its direction, as the labels of collected advisories have it."""
    if reading.symptom is not Symptom.DELAYED:
        return str(reading.symptom)
    one_way = reading.direction if reading.direction in (Direction.OUTBOUND, Direction.INBOUND) else Direction.BOTH
    return f"{one_way}_delayed"


def _entries(text: str) -> Iterator[Listed | Broken]:
    document = _parsed(text)
    if not isinstance(document, _Unread):
        yield from _advisories(document, 1)
        return
    entries = [entry for number, line in enumerate(text.splitlines(), 1) for entry in _line(line, number)]
    whole = all(isinstance(entry, Broken) for entry in entries)
    yield from [Broken(document.line, document.why)] if whole and entries else entries


def _line(line: str, number: int) -> Iterator[Listed | Broken]:
    parsed = _parsed(line) if line.strip() else []
    yield from [Broken(number, parsed.why)] if isinstance(parsed, _Unread) else _advisories(parsed, number)


def _advisories(document: object, number: int) -> Iterator[Listed | Broken]:
    for item in document if isinstance(document, list) else [document]:
        if isinstance(item, dict | list):
            yield from listed(item)
        else:
            yield Broken(number, f"holds {json.dumps(item)[:40]}, which is no advisory")


@dataclass(frozen=True, slots=True)
class _Unread:
    why: str
    line: int = 1


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError:
        return _Unread("is nested too deeply to be an advisory")
    except json.JSONDecodeError as error:
        return _Unread(f"is not JSON ({error.msg})", error.lineno)
    except ValueError as error:
        return _Unread(f"is not JSON ({error})")


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
