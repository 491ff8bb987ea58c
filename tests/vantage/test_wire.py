"""The form on the wire: anything in is read or refused, and nothing crashes."""

import json
import math
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.recording import write
from bot.vantage.wire import (
    EPOCH,
    Answer,
    WireError,
    moment,
    read_answer,
    read_batch,
    read_refusal,
    write_answer,
    write_batch,
    write_refusal,
)
from handlers.vantage.admit import admit
from tests.vantage.rig import ROUTES, T0, arrived, sent

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KINDS = ["sent", "refused", "unreachable", "arrived", "bounced", "advisory", "source_blind", "source_back", "reported"]
FIELDS = [
    "route", "probe", "reply", "stage", "error", "latency_s", "folder", "legs", "skew_by", "skew_s", "status", "source",
    "issue", "person", "text",
]  # fmt: skip
KNOWN = st.sampled_from(["outbound-tokyo", "outbound-sydney", "0" * 16, "mailbox:office", "5.0", "nan"])
LINES = st.builds(
    lambda number, kind, t, rest: {"n": number, "event": kind, "t": t, **rest},
    st.integers(-1, 2**70) | JSON,
    st.sampled_from(KINDS) | JSON,
    st.floats() | st.just((T0 - EPOCH).total_seconds()) | JSON,
    st.dictionaries(st.sampled_from(FIELDS), KNOWN | JSON, max_size=6),
)


def through(body: bytes) -> None:
    """Take a body as the bot does, up to what would be saved."""
    try:
        batch = read_batch(body)
    except WireError:
        return
    found = admit(batch.items, "tokyo", ROUTES, taken={}, now=T0)
    for one in (one for seen in found.counted.values() for one in seen):
        assert abs(one.at - T0) <= timedelta(hours=46)
        json.loads(write(one, epoch=EPOCH))
    assert all(why for _, why in found.refused)


@given(st.binary(max_size=300))
def test_any_bytes_are_no_push_or_one(body: bytes) -> None:
    through(body)
    through(b'{"version": 1}\n' + body)


@given(st.lists(LINES, max_size=4), JSON)
@settings(max_examples=300)
def test_any_lines_are_counted_or_refused_with_a_reason(lines: list[dict[str, object]], offset: object) -> None:
    head = {"version": 1, "offset_s": offset}
    through("\n".join(json.dumps(line) for line in [head, *lines]).encode())
    through("\n".join(json.dumps(line) for line in [{"version": 1}, *lines]).encode())


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_answer_is_one_or_none(body: bytes) -> None:
    """A proxy may answer for the bot."""
    read_refusal(body)
    try:
        read_answer(body)
    except WireError:
        return


def test_nesting_without_end_is_refused() -> None:
    """Deeper than the parser goes."""
    deep = b"[" * 100_000
    for body in (deep, b'{"version": 1}\n' + deep):
        with pytest.raises(WireError):
            read_batch(body)
    with pytest.raises(WireError):
        read_answer(deep)
    assert read_refusal(deep) == ("", None)


def test_a_batch_comes_back_as_it_was_corrected_by_the_offset() -> None:
    """And what a newer vantage says besides is no fault."""
    lines = [
        json.dumps({"n": n, **json.loads(write(one, epoch=EPOCH)), "new": 1})
        for n, one in ((7, sent(1)), (9, arrived(1)))
    ]
    batch = read_batch(write_batch(lines, offset=timedelta(seconds=-2), dropped=3))
    assert batch.dropped == 3
    assert [(item.number, item.seen and item.seen.at) for item in batch.items] == [
        (7, sent(1).at - timedelta(seconds=2)),
        (9, arrived(1).at - timedelta(seconds=2)),
    ]


def test_an_unknown_kind_is_refused_alone() -> None:
    """A newer vantage sees more than an older bot knows."""
    batch = read_batch(b'{"version": 1}\n{"n": 1, "event": "dreamt", "t": 0}')
    assert batch.items[0].seen is None
    assert "update it" in batch.items[0].fault


def test_answers_and_refusals_come_back() -> None:
    """To the microsecond."""
    answer = Answer(taken=7, received=T0, answered=moment(1), refused=((3, "no"),), confirm=("outbound-tokyo",))
    assert read_answer(write_answer(answer)) == answer
    assert read_refusal(write_refusal("why", after=T0)) == ("why", T0)
    assert read_refusal(write_refusal("why")) == ("why", None)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_none_does_not_count(value: float) -> None:
    """JSON as Python writes it has NaN."""
    line = {"n": 1, **json.loads(write(arrived(1), epoch=EPOCH)), "skew_s": value}
    batch = read_batch(write_batch([json.dumps(line)], offset=timedelta()))
    assert admit(batch.items, "tokyo", ROUTES, taken={}, now=T0).counted["default"] == []
