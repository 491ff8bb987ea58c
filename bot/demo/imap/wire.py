"""IMAP's wire form: commands with quoted strings, literals and lists, and sets of numbers."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Argument: TypeAlias = "str | list[Argument]"

_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r?\n$")
_LARGEST_LITERAL = 1_000_000
# An atom may hold a section with blanks in it: BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)]<0.100>
_TOKEN = re.compile(
    r'\s*(?:(?P<open>\()|(?P<close>\))|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<atom>(?:\[[^\]]*\]|[^\s()"])+))'
)


class WireError(ValueError):
    """What the client sent is no IMAP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A tagged command with its arguments."""

    tag: str
    name: str
    args: list[Argument]


async def read_command(reader: asyncio.StreamReader, more: Callable[[], Awaitable[None]]) -> Command | None:
    """Read one command, asking for ``more`` before each literal; None at the end, ``WireError`` on nonsense."""
    tokens: list[Argument] = []
    stack = [tokens]
    while True:
        line = await reader.readline()
        if not line:
            return None
        literal = _LITERAL.search(line)
        _tokenize(line[: literal.start()] if literal else line, stack)
        if literal is None:
            return _command(tokens, stack)
        if not literal[2]:
            await more()
        stack[-1].append(await _literal(reader, int(literal[1])))


def text(token: Argument) -> str:
    """Take a token for a string; ``WireError`` if it is a list."""
    if isinstance(token, list):
        raise WireError("a string was expected, not a list")
    return token


def numbers(expression: str, known: Sequence[int]) -> list[int]:
    """Give those of the ``known`` numbers (ascending) that a set like ``1:3,7,9:*`` names."""
    top = known[-1] if known else 0
    chosen = set[int]()
    for part in expression.split(","):
        first, _, last = part.partition(":")
        low, high = sorted((_bound(first, top), _bound(last or first, top)))
        chosen.update(number for number in known if low <= number <= high)
    return [number for number in known if number in chosen]


def is_set(token: str) -> bool:
    """Tell whether a token is a set of numbers."""
    return re.fullmatch(r"[\d*]+(:[\d*]+)?(,[\d*]+(:[\d*]+)?)*", token) is not None


def _bound(part: str, top: int) -> int:
    if part == "*":
        return top
    if not part.isdecimal():
        raise WireError(f"{part!r} is no number")
    return int(part)


async def _literal(reader: asyncio.StreamReader, length: int) -> str:
    if length > _LARGEST_LITERAL:
        raise WireError("literal too large")
    return (await reader.readexactly(length)).decode(errors="replace")


def _tokenize(line: bytes, stack: list[list[Argument]]) -> None:
    rest, place = line.decode(errors="replace").rstrip(), 0
    while place < len(rest):
        match = _TOKEN.match(rest, place)
        if match is None:
            raise WireError(f"cannot read {rest[place : place + 20]!r}")
        place = match.end()
        _take(match, stack)


def _take(match: re.Match[str], stack: list[list[Argument]]) -> None:
    if match["open"]:
        inner: list[Argument] = []
        stack[-1].append(inner)
        stack.append(inner)
    elif match["close"]:
        if len(stack) == 1:
            raise WireError("a bracket closes that was never opened")
        stack.pop()
    else:
        quoted = match["quoted"]
        stack[-1].append(match["atom"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted))


def _command(tokens: list[Argument], stack: list[list[Argument]]) -> Command:
    match tokens:
        case [str(tag), str(name), *args] if len(stack) == 1:
            return Command(tag=tag, name=name.upper(), args=args)
        case _:
            raise WireError("a tag and a command were expected")
