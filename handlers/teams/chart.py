"""An incident's delay as a chart that Teams draws by itself, and in words where it does not: pure.

Teams' own documentation gives Chart.Line; cards of version 1.4 may hold it with a fallback.
"""

from datetime import UTC, datetime
from typing import TypeAlias

from bot.types import Chart, Curve
from handlers.teams.text import markdown

Card: TypeAlias = dict[str, object]

COLOURS = ("categoricalBlue", "categoricalMarigold", "categoricalTeal")
TITLE_LIMIT = 120
ALT_LIMIT = 600


def element(chart: Chart) -> Card:
    """Give the chart with its words as the fallback of a client that knows none."""
    return {
        "type": "Chart.Line",
        "title": chart.title[:TITLE_LIMIT],
        "yAxisTitle": chart.subject[:TITLE_LIMIT],
        "data": [_line(curve, COLOURS[number % len(COLOURS)]) for number, curve in enumerate(chart.curves)],
        "fallback": words(chart),
    }


def words(chart: Chart) -> Card:
    """Say what the chart shows."""
    return {"type": "TextBlock", "text": markdown((chart.alt,), ALT_LIMIT), "wrap": True, "size": "Small"}


def _line(curve: Curve, colour: str) -> Card:
    values = [{"x": _stamp(at), "y": minutes} for at, minutes in curve.points]
    return {"legend": curve.legend[:TITLE_LIMIT], "color": colour, "values": values}


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
