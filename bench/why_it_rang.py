"""Draws docs/why-it-rang.svg: an evening on which outgoing mail is held up, and when the bot knew.

python bench/why_it_rang.py
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bot.detect import Detector
from bot.types import Arrived, Direction, ProbeObservation, Route, Sent, Symptom

START = datetime(2026, 3, 2, 20, tzinfo=UTC)
FAULT, END, UNTIL = 100.0, 135.0, 150.0
SHOWN_FROM = 92.0
TICK = 5.0
LEFT, WIDTH, TOP, UPPER, GAP, LOWER = 70, 640, 30, 150, 40, 150
BLUE, RED, GREY, GREEN = "#2563a8", "#c0392b", "#888888", "#2e8b57"
TARGET = Path(__file__).parents[1] / "docs" / "why-it-rang.svg"


@dataclass(frozen=True)
class Evening:
    """What was seen, and at each tick the suspicion and whether a finding was open."""

    messages: Sequence[tuple[float, float]]
    suspicion: Sequence[tuple[float, float]]
    known: float
    over: float


def live() -> Evening:
    """Let the detector live through two hours, in the last of which messages are held until the fault ends."""
    chance = np.random.default_rng(11)
    routes = [
        Route(name=f"outbound-{v}", direction=Direction.OUTBOUND, vantage=v, interval=timedelta(minutes=1))
        for v in ("eu", "us")
    ]
    messages, seen = [], []
    for number, route in enumerate(routes):
        for minute in range(int(UNTIL)):
            sent = minute + 0.25 + 0.5 * number
            took = float(chance.lognormal(np.log(12.0), 0.3)) / 60
            if FAULT <= sent < END:
                took += min(float(chance.uniform(9, 21)), END - sent + float(chance.uniform(0, 1)))
            messages.append((sent, took))
            seen.extend(_told(route, minute, sent, took))
    return _watch(routes, messages, sorted(seen, key=lambda one: one.at))


def _told(route: Route, minute: int, sent: float, took: float) -> list[ProbeObservation]:
    at, latency, probe = _moment(sent), timedelta(minutes=took), str(minute)
    return [
        Sent(at=at, route=route.name, probe=probe),
        Arrived(at=at + latency, route=route.name, probe=probe, latency=latency),
    ]


def _moment(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def _watch(routes: list[Route], messages: list[tuple[float, float]], seen: list[ProbeObservation]) -> Evening:
    detector, suspicion, open_at = Detector(routes), [], []
    waiting = list(seen)
    for minute in np.arange(0, UNTIL, TICK / 60).tolist():
        while waiting and waiting[0].at <= _moment(minute):
            detector.observe(waiting.pop(0))
        if [finding for finding in detector.tick(_moment(minute)) if finding.ended is None]:
            open_at.append(minute)
        suspicion.append((minute, detector.suspicion()[Symptom.DELAYED]))
    return Evening(messages, suspicion, open_at[0], open_at[-1])


def draw(evening: Evening) -> str:
    """Draw the evening: above each message at its time of sending, below what speaks for a fault."""
    parts = [_frame(TOP, UPPER, "minutes under way"), _frame(TOP + UPPER + GAP, LOWER, "evidence")]
    parts += [_dot(sent, took, evening.known) for sent, took in evening.messages if sent >= SHOWN_FROM]
    parts.append(_curve(evening.suspicion))
    ring_at = _y_lower(1.0)
    parts.append(_line(LEFT, ring_at, LEFT + WIDTH, ring_at, RED, dashed=True))
    parts.append(_text(LEFT + 6, ring_at - 5, "rings here", RED))
    for minute, label, colour in ((FAULT, "fault begins", GREY), (evening.known, "the bot knows", RED)):
        parts += _mark(minute, label, colour, low=colour == RED)
    for minute, label, colour in ((END, "fault ends", GREY), (evening.over, "called over", GREEN)):
        parts += _mark(minute, label, colour, low=colour == GREEN)
    height = TOP + UPPER + GAP + LOWER + 40
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 20} {height}" '
        f'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def _x(minute: float) -> float:
    return round(LEFT + WIDTH * (minute - SHOWN_FROM) / (UNTIL - SHOWN_FROM), 1)


def _y_upper(took: float) -> float:
    return round(TOP + UPPER * (1 - min(took, 22.0) / 22.0), 1)


def _y_lower(share: float) -> float:
    return round(TOP + UPPER + GAP + LOWER * (1 - min(share, 2.0) / 2.0), 1)


def _frame(top: float, height: float, label: str) -> str:
    middle = top + height / 2
    return (
        f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{height}" fill="none" stroke="{GREY}"/>'
        f'<text transform="translate({LEFT - 14} {middle}) rotate(-90)" text-anchor="middle">{label}</text>'
    )


def _dot(sent: float, took: float, known: float) -> str:
    filled = BLUE if sent + took <= known else "white"
    return f'<circle cx="{_x(sent)}" cy="{_y_upper(took)}" r="3" fill="{filled}" stroke="{BLUE}"/>'


def _curve(points: Sequence[tuple[float, float]]) -> str:
    path = " ".join(f"{_x(minute)},{_y_lower(share)}" for minute, share in points if minute >= SHOWN_FROM)
    return f'<polyline points="{path}" fill="none" stroke="{BLUE}" stroke-width="2"/>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}"{dash}/>'


def _text(x: float, y: float, text: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}">{text}</text>'


def _mark(minute: float, label: str, colour: str, *, low: bool) -> list[str]:
    bottom = TOP + UPPER + GAP + LOWER
    when = _moment(minute).strftime("%H:%M:%S")
    anchor = "start" if low else "end"
    text = _text(_x(minute), bottom + 16 if low else TOP - 8, f"{label} {when}", colour, anchor)
    return [_line(_x(minute), TOP, _x(minute), bottom, colour), text]


if __name__ == "__main__":
    TARGET.write_text(draw(live()))
