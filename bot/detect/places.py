"""Where late messages spent their time: said only where it is clear for one, and most of them agree."""

import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeAlias

from bot.types import Arrived, Place, Where
from bot.types.way import MICROSOFT

Held: TypeAlias = tuple[Where, float]
"""Where a message was held, and for how many seconds."""

CLEAR = 2 / 3
"""Of a message's time in one place."""
WORTH_TELLING = 30.0
"""Stamps have whole seconds, so of a shorter delay they say little."""
ENOUGH = 3
NEWEST = 20
"""Of the late messages: the place may change while the trouble lasts."""


def held(seen: Arrived) -> Held | None:
    """Tell where one message was held, if that is clear."""
    took = seen.latency.total_seconds()
    if not seen.legs or took < WORTH_TELLING:
        return None
    spent = dict.fromkeys(Where, 0.0)
    for leg in seen.legs:
        spent[leg.where] += leg.seconds
    # Seen late is not arrived late.
    spent[Where.MAILBOX] = took - (sum(spent.values()) - spent[Where.MAILBOX])
    where = max(spent, key=lambda one: spent[one])
    # Where a clock is wrong, only what Exchange itself measured is believed.
    believed = not seen.skew_seconds or any(leg.by == MICROSOFT and leg.where is where for leg in seen.legs)
    return (where, min(spent[where], took)) if believed and spent[where] >= CLEAR * took else None


def agreed(late: Sequence[tuple[Held | None, float]]) -> Place | None:
    """Tell where most of the late messages were held, each given with the seconds that it took, oldest first."""
    newest = late[-NEWEST:]
    clear = [(one, took) for one, took in newest if one]
    counts = Counter(where for (where, _), _ in clear)
    where, agreeing = max(counts.items(), key=lambda item: item[1], default=(Where.BETWEEN, 0))
    if agreeing < ENOUGH or agreeing <= len(newest) / 2:
        return None
    there = [(seconds, took) for (at, seconds), took in clear if at is where]
    return Place(
        where=where,
        held=timedelta(seconds=statistics.median(seconds for seconds, _ in there)),
        of=timedelta(seconds=statistics.median(took for _, took in there)),
    )
