"""Lines on disk until the bot has them, whatever happens to the process and the disk."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from bot.types import Observation, SourceBack, SourceBlind
from bot.vantage.spool import REWRITE, Spool, SpoolError, open_spool
from bot.vantage.wire import EPOCH, MOST_BYTES, MOST_LINES, micros
from tests.vantage.rig import HOUR, T0, Hand, sent

CLOCK = Hand()


@contextmanager
def spool(folder: Path, *, now: datetime = T0, most: int = 10_000) -> Iterator[Spool]:
    with open_spool(folder / "spool", now=lambda: now, most=most) as opened:
        yield opened


def probes(opened: Spool) -> list[str]:
    return [json.loads(line)["probe"] for _, line in opened.batch()]


def many(count: int, first: int = 1) -> list[Observation]:
    return [sent(number) for number in range(first, first + count)]


def test_what_was_not_taken_is_there_after_a_kill(tmp_path: Path) -> None:
    """A process that ends in the middle leaves all that it appended; what was taken does not come again."""
    with spool(tmp_path) as first:
        first.append(many(3))
        first.acknowledge(first.batch()[0][0])
        name = first.name
    with spool(tmp_path) as second:
        assert second.name == name
        assert probes(second) == [one.probe for one in (sent(2), sent(3))]
        assert second.news.is_set()
        second.acknowledge(second.batch()[-1][0])
        assert not second.news.is_set()
    with spool(tmp_path) as third:
        assert len(third) == 0


@pytest.mark.parametrize("cut", range(1, 120, 7))
def test_a_half_written_line_is_left_out_and_the_next_stands_by_itself(tmp_path: Path, cut: int) -> None:
    """A power cut in the middle of a line, anywhere in it."""
    with spool(tmp_path) as first:
        first.append(many(2))
    path = tmp_path / "spool" / "lines.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    with spool(tmp_path, now=T0 + HOUR) as second:
        kept = len(second)
        second.append([sent(9)])
    with spool(tmp_path) as third:
        assert probes(third) == [sent(1).probe][:kept] + [sent(2).probe] * (kept == 2) + [sent(9).probe]


@pytest.mark.parametrize("junk", ["\0\0\0\n", "[1]\n", '{"n": "x"}\n', '"\n', "[" * 100_000 + "\n"])
def test_a_line_that_is_broken_costs_no_other(tmp_path: Path, junk: str) -> None:
    """Bad blocks happen."""
    with spool(tmp_path) as first:
        first.append(many(2))
    path = tmp_path / "spool" / "lines.jsonl"
    path.write_text(junk + path.read_text())
    with spool(tmp_path) as second:
        assert len(second) == 2


@pytest.mark.parametrize("junk", ["", "{", "[]", '{"spool": 1}', "\0"])
def test_a_mark_that_is_broken_begins_a_new_spool(tmp_path: Path, junk: str) -> None:
    """The lines are kept: rather twice, which the new name makes possible, than never."""
    with spool(tmp_path) as first:
        first.append(many(2))
        name = first.name
    (tmp_path / "spool" / "mark.json").write_text(junk)
    with spool(tmp_path) as second:
        assert len(second) == 2
        assert second.name != name


def test_numbers_grow_though_the_clock_does_not(tmp_path: Path) -> None:
    """Also where the end of the file was lost with what the bot has of it."""
    with spool(tmp_path) as first:
        first.append(many(3))
        assert [number for number, _ in first.batch()] == [micros(T0), micros(T0) + 1, micros(T0) + 2]
    (tmp_path / "spool" / "lines.jsonl").unlink()
    with spool(tmp_path, now=T0 + HOUR) as second:
        second.append(many(1))
        assert second.batch()[0][0] == micros(T0 + HOUR)
    with spool(tmp_path, now=T0 - HOUR) as third:
        third.append(many(1))
        assert third.batch()[-1][0] == micros(T0 + HOUR) + 1


def test_a_full_spool_drops_the_oldest_and_says_how_many(tmp_path: Path) -> None:
    """A tenth at once, and the bot is told of it once."""
    with spool(tmp_path, most=100) as first:
        first.append(many(101))
        assert (len(first), first.dropped) == (90, 11)
        assert probes(first)[0] == sent(12).probe
    with spool(tmp_path, most=100) as second:
        assert (len(second), second.dropped) == (90, 11)
        second.acknowledge(second.batch()[-1][0], dropped=11)
        assert second.dropped == 0


def test_a_batch_is_bounded_in_lines_and_bytes(tmp_path: Path) -> None:
    """What does not fit goes next."""
    with spool(tmp_path) as opened:
        opened.append(many(MOST_LINES + 1))
        assert len(opened.batch()) == MOST_LINES
        opened.acknowledge(opened.batch()[-1][0])
        opened.acknowledge(opened.batch()[-1][0])
        opened.append([SourceBlind(at=T0, source="mailbox:a", error="x" * 60_000)] * 4)
        assert len(opened.batch()) == 3
        assert sum(len(line) for _, line in opened.batch()) <= MOST_BYTES


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    """What was taken is cleared away now and then."""
    path = tmp_path / "spool" / "lines.jsonl"
    with spool(tmp_path) as opened:
        for first in range(0, 4 * REWRITE, 100):
            opened.append(many(100, first))
            assert len(path.read_text().splitlines()) <= 2 * REWRITE
            opened.acknowledge(opened.batch()[-1][0])


def test_who_is_blind_is_remembered_over_runs(tmp_path: Path) -> None:
    """A look from cron must know that what it sees again could not be seen before."""
    shut, open_ = (SourceBlind(at=T0, source="mailbox:a", error="no"), SourceBack(at=T0, source="mailbox:a"))
    with spool(tmp_path) as first:
        first.append([shut])
        assert first.blind == {"mailbox:a"}
        first.acknowledge(first.batch()[-1][0])
    with spool(tmp_path) as second:
        assert second.blind == {"mailbox:a"}
        second.append([open_])
        assert second.blind == frozenset()
    with spool(tmp_path) as third:
        assert third.blind == frozenset()


def test_a_disk_that_takes_nothing_costs_nothing_while_we_live(tmp_path: Path) -> None:
    """Kept in memory, and written when the disk takes it again."""
    folder = tmp_path / "spool"
    with spool(tmp_path) as opened:
        (folder / "lines.jsonl").unlink()
        (folder / "lines.jsonl").mkdir()
        opened.append(many(2))
        assert len(opened.batch()) == 2
        (folder / "lines.jsonl").rmdir()
        opened.append(many(1, 3))
    with spool(tmp_path) as again:
        assert len(again) == 3


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """With what to do."""
    (tmp_path / "spool").write_text("a file")
    with pytest.raises(SpoolError, match="state folder"), spool(tmp_path):
        raise AssertionError("it was opened")


def test_lines_are_those_of_a_recording(tmp_path: Path) -> None:
    """One form for all: the time since 1970, and a number besides."""
    with spool(tmp_path) as opened:
        opened.append([sent(1)])
        line = json.loads(opened.batch()[0][1])
    assert line == {
        "n": micros(T0),
        "t": (sent(1).at - EPOCH).total_seconds(),
        "event": "sent",
        "route": "outbound-tokyo",
        "probe": sent(1).probe,
    }
