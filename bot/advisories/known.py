"""The meaning of a text, worked out once for all tenants that have it listed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from bot.advisories.reader import read
from bot.advisories.times import FURTHEST
from bot.types import Reading

MOST = 2_000
"""Wordings that are kept: some weeks of all that Microsoft says."""


def meaning(issue: Mapping[str, object], *, source: str, now: datetime) -> Reading:
    """Read an advisory as ``read`` does, which takes milliseconds: for thousands of tenants it is the same text."""
    reading = _read(json.dumps(issue, sort_keys=True), source)
    promised = reading.next_update
    return reading if promised is None or abs(promised - now) <= FURTHEST else replace(reading, next_update=None)


@lru_cache(maxsize=MOST)
def shared(reading: Reading) -> Reading:
    """Give the reading that equals this one and was met first, so that many tenants keep one and the same."""
    return reading


@lru_cache(maxsize=MOST)
def _read(text: str, source: str) -> Reading:
    return shared(read(json.loads(text), source=source))
