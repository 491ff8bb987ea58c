"""The picture of a delay, painted for real."""

import os
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from fontTools.ttLib import TTFont

from bot.types import Direction
from bot.web.chart import Delays, Mark, Span, Usual, Wait
from bot.web.course import Course
from bot.web.history import DelayPoint
from bot.web.paint import PaintError, painted
from bot.web.painter import FONTS, LAST
from bot.web.picture import picture, svg
from bot.words import LANGUAGES
from bot.words.page import Line
from bot.words.picture import Shot, Way, picture_words

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def course(*, failed: int = 0, over: bool = False) -> Course:
    """Give half an hour in which outgoing mail became late."""
    points = tuple(
        DelayPoint(
            at=NOON + n * MINUTE,
            direction=Direction.OUTBOUND,
            arrived=4,
            failed=failed,
            median=timedelta(seconds=2 if n < 20 else 200),
            worst=timedelta(seconds=3 if n < 20 else 400),
        )
        for n in range(28)
    )
    delays = Delays(
        since=NOON,
        until=NOON + 30 * MINUTE,
        step=MINUTE,
        points=points,
        spans=(Span(start=NOON + 20 * MINUTE, end=NOON + 28 * MINUTE),),
        marks=(Mark(at=NOON + 28 * MINUTE, label="told"),),
        usual=Usual(low=timedelta(seconds=1), high=timedelta(seconds=4)),
        waits=(Wait(direction=Direction.OUTBOUND, sent=NOON + 22 * MINUTE, until=NOON + 28 * MINUTE),),
    )
    way = Way(
        direction=Direction.OUTBOUND, arrived=112, failed=28 * failed, worst=timedelta(minutes=6, seconds=40), over=over
    )
    return Course(delays=delays, ways=(way,), usual=timedelta(seconds=2))


async def test_it_is_a_light_png_sharp_enough_for_a_phone() -> None:
    """With its words beside it."""
    shown = await picture(course(), picture_words("en"))
    assert shown.png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", shown.png[16:24])
    assert (width, height < width) == (1080, True)
    assert len(shown.png) < 200_000
    assert shown.title == "Outgoing mail: up to 7 minutes."
    assert "Chart of how long test messages took" in shown.alt


async def test_a_drawing_that_cannot_be_painted_is_an_error_of_its_own() -> None:
    """The painter may fall; the bot does not."""
    with pytest.raises(PaintError):
        await painted("<svg")


def test_it_says_what_is_wrong_what_is_usual_and_when_it_was_told() -> None:
    """In words on the picture itself."""
    drawing = svg(course(failed=2), picture_words("en"))
    for said in ("Outgoing mail: 56 of 168 failed", "usual", "told", "failed", "under way", "(UTC)"):
        assert f">{said}<" in drawing or said in drawing


def test_failures_are_named_only_where_there_are_some() -> None:
    """A label for nothing puzzles."""
    assert ">failed<" not in svg(course(), picture_words("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fonts_have_every_character_that_a_picture_can_hold(language: str) -> None:
    """A box instead of a letter is no word."""
    words = picture_words(language)
    held = set(words.subject()) | set(words.page.string(Line.FAILED)) | set("0123456789:. msinh")
    held |= {character for shot in Shot for character in words.catalogue.string(shot, **dict.fromkeys(VALUES, "1"))}
    for way, seconds in product(Direction, (1, 61, 3700, 90_000, 900_000)):
        held |= set(words.page.direction(way) + words.page.length(timedelta(seconds=seconds)))
        held |= set(words.usual(timedelta(seconds=seconds)))
    held |= {character for month in range(1, 13) for character in words.page.day(NOON.replace(month=month))}
    for path in FONTS.glob("*.ttf"):
        covered = TTFont(path).getBestCmap()
        assert not {character for character in held if ord(character) not in covered}


VALUES = ("direction", "worst", "bad", "of", "start", "end")


def test_the_painter_stands_back_behind_the_words() -> None:
    """Where a thousand pictures are due at once, they take a core for minutes."""
    code = "import os, sys; from bot.web import painter; painter.main(); sys.stderr.write(str(os.nice(0)))"
    said = subprocess.run([sys.executable, "-c", code], input=EMPTY, capture_output=True, check=True, timeout=30)  # noqa: S603 - ourselves
    assert said.stdout.startswith(b"\x89PNG")
    assert int(said.stderr) == min(os.nice(0) + LAST, 19)


EMPTY = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'
