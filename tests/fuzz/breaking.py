"""Breaks sound inputs: bytes are cut, repeated, swapped and inserted, and values of a JSON document are replaced."""

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

MOST_BYTES = 60_000
# Most inputs are as long as real ones; one in thirty-two is swollen, up to the limit.
SWOLLEN, MOST_REPEATS = 1 / 32, 3000
DEEPEST = 40_000
"""Lists inside one another, in one input of SWOLLEN that bears nesting: far more than any parser goes down."""

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, float("nan"), float("inf"), 2**63, 10**400, "", " ", "nan", "-0", "\0", "\ud800", "\u202e\ufeff",
    "é" * 300, "a" * 5000, "<" * 3000, "&" * 3000, "%00", "../../x", "{{DATE(x)}}", "<!channel>", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-11-28T12:00:00", "2026-11-28T12:00:00.1234567Z", "Mon, 99 Xxx 9999 99:99:99 +9999", "http://[::1",
    "https://x:99999/", "https://graph.test.example:443/v1.0/x", [], {}, [[]], [None], {"": None}, [{}], {"a": [1]}, [1, 2], "١٢٣",
)  # fmt: skip
"""Values that stand where nobody expects them."""


def broken(chance: random.Random, seeds: Sequence[bytes], pieces: Sequence[bytes], *, swell: int = MOST_BYTES) -> bytes:
    """Take a seed; where it is JSON, half the time replace some of its values, else break its bytes.

    What comes of it is longer by ``swell`` bytes at most: what did not grow stays whole.
    """
    seed = chance.choice(seeds)
    if chance.random() < 1 / 2 and (document := _document(seed)) is not None:
        return _dumped(_changed(document, chance), chance)[: len(seed) + swell]
    raw = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(raw) + 1)
        end = min(len(raw), start + chance.randrange(60))
        chance.choice(CHANGES)(raw, start, end, chance, pieces)
    return bytes(raw[: len(seed) + swell])


def _times(chance: random.Random) -> int:
    return chance.randrange(MOST_REPEATS) if chance.random() < SWOLLEN else chance.choice((1, 1, 2, 3, 10))


Change = Callable[[bytearray, int, int, random.Random, Sequence[bytes]], None]


def _cut(raw: bytearray, start: int, end: int, _: random.Random, __: Sequence[bytes]) -> None:
    del raw[start:end]


def _repeat(raw: bytearray, start: int, end: int, chance: random.Random, _: Sequence[bytes]) -> None:
    raw[start:end] = raw[start:end] * (1 + _times(chance))


def _insert(raw: bytearray, start: int, _: int, chance: random.Random, pieces: Sequence[bytes]) -> None:
    raw[start:start] = chance.choice(pieces) * _times(chance)


def _flip(raw: bytearray, start: int, end: int, chance: random.Random, _: Sequence[bytes]) -> None:
    raw[start:end] = chance.randbytes(end - start)


CHANGES: tuple[Change, ...] = (_cut, _repeat, _insert, _flip)


def _document(raw: bytes) -> Any:  # noqa: ANN401 - a JSON document is of any kind
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _changed(document: Any, chance: random.Random) -> Any:  # noqa: ANN401 - as above
    """Replace, drop, double or mix up one to four values."""
    for _ in range(chance.randint(1, 4)):
        places = list(_places(document))
        if not places:
            return copy.deepcopy(chance.choice(ODD))
        holder, key = chance.choice(places)
        _put(holder, key, chance)
    return document


def _places(document: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - as above
    """Give every list and object with each of its keys."""
    keys = list(document) if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ()
    for key in keys:
        yield document, key
        yield from _places(document[key])


def _put(holder: Any, key: Any, chance: random.Random) -> None:  # noqa: ANN401 - as above
    lot = chance.random()
    if lot < 1 / 8:
        del holder[key]
    elif lot < 1 / 4:
        other = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        holder[key], holder[other] = holder[other], holder[key]
    elif lot < 3 / 8 and isinstance(holder, list):
        holder.extend(json.loads(json.dumps([holder[key]] * _times(chance))))
    else:
        holder[key] = copy.deepcopy(chance.choice(ODD))


def _dumped(document: object, chance: random.Random) -> bytes:
    text = json.dumps(document, default=str)
    if chance.random() < SWOLLEN:
        text = text.replace("null", "[" * chance.randrange(DEEPEST), 1)
    return text.encode()
