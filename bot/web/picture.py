"""The picture of an incident's delay for a chat: light, for a phone, drawn as SVG like the page's chart, then a PNG."""

from dataclasses import dataclass

from bot.types import Direction, Picture
from bot.web.chart import draw
from bot.web.course import Course
from bot.web.paint import painted
from bot.web.render import environment
from bot.words.page import Line
from bot.words.picture import PictureWords, Shot, Way

WIDTH, CHART_HEIGHT = 400, 250
"""Units of the drawing, which are about a phone's own pixels."""
STRIP = 22
ROW, FIRST_ROW, UNDER_ROWS = 22, 24, 20
LARGEST, SMALLEST = 16, 11
COLOURS = {Direction.OUTBOUND: "#1f5fd0", Direction.INBOUND: "#b04a00", Direction.INTERNAL: "#0b7a6b"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is said of one direction above the chart, with its line's colour."""

    direction: Direction
    says: str
    y: int
    size: float


async def picture(course: Course, words: PictureWords) -> Picture:
    """Draw a course; raises PaintError."""
    said = words.spoken(course.ways, course.usual, course.delays.since, course.delays.until)
    title = " ".join(words.way(way) for way in course.ways)
    return Picture(png=await painted(svg(course, words)), title=title, alt=said)


def svg(course: Course, words: PictureWords) -> str:
    """Write the drawing: what is wrong in words, and the chart below."""
    chart = draw(course.delays, width=WIDTH, height=CHART_HEIGHT, day=words.page.day, row=STRIP)
    rows = [_row(number, way, words) for number, way in enumerate(course.ways)]
    head = FIRST_ROW + ROW * len(rows) + UNDER_ROWS
    return (
        environment()
        .get_template("picture.svg")
        .render(
            chart=chart,
            rows=rows,
            head=head,
            height=head + CHART_HEIGHT,
            colours=COLOURS,
            subject=" ".join([words.subject(), words.usual(course.usual)]),
            usual=words.say(Shot.USUAL),
            failed=words.page.string(Line.FAILED),
            failing=any(line.failures for line in chart.lines),
            under_way=words.say(Shot.UNDER_WAY),
        )
    )


def _row(number: int, way: Way, words: PictureWords) -> Row:
    says = words.way(way).rstrip(".。")
    return Row(direction=way.direction, says=says, y=FIRST_ROW + ROW * number, size=_size(says))


def _size(says: str) -> float:
    """Make a long line smaller rather than cut it; a character beyond Latin is twice as wide."""
    width = sum(1.0 if character > "\u2e80" else 0.58 for character in says)
    return round(max(SMALLEST, min(LARGEST, (WIDTH - 50) / width)), 1)
