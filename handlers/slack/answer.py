"""An answer to one person as Slack blocks: pure."""

from collections.abc import Mapping
from functools import lru_cache

from bot.words.answers import Answer, Part
from handlers.slack.render import SIGNS as _SIGNS
from handlers.slack.render import Block, advised, bullets, buttons, context, section
from handlers.slack.text import fit, mrkdwn, notice

LINE_LIMIT = 1400
NOTE_LIMIT = 600
PART_LIMIT = 1600
PARTS_MOST = 5
TITLE_LIMIT = 200
NOTICE_LIMIT = 3000
BODIES_MOST = 32


def blocks(answer: Answer) -> list[Block]:
    """Dress an answer; under an open incident its buttons follow."""
    dressed = [section(f"{_SIGNS[answer.severity]} *{mrkdwn(answer.headline, LINE_LIMIT)}*")]
    said = (advised(answer.advice, answer.language), *map(_part, answer.parts[:PARTS_MOST]))
    dressed += [section(part) for part in said if part]
    if note := mrkdwn(answer.note, NOTE_LIMIT):
        dressed.append(context(note))
    if answer.incident:
        dressed.append(buttons(answer.incident, answer.language))
    return dressed


def text(answer: Answer) -> str:
    """Say an answer in one string, for notifications and screen readers."""
    lines = [line for part in answer.parts for line in part.lines]
    said = " ".join(notice(part, LINE_LIMIT) for part in (answer.headline, answer.advice, *lines, answer.note) if part)
    return fit(f"{_SIGNS[answer.severity]} {said}", NOTICE_LIMIT)


@lru_cache(maxsize=BODIES_MOST)
def body(answer: Answer) -> Mapping[str, object]:
    """Give what an ack or a response URL takes; the same for an answer that was given before."""
    shown_to = "in_channel" if answer.everyone else "ephemeral"
    return {"response_type": shown_to, "text": text(answer), "blocks": blocks(answer)}


def _part(part: Part) -> str:
    title = f"*{mrkdwn(part.title, TITLE_LIMIT)}*\n" if part.title else ""
    said = bullets(part.lines)
    return fit(title + said, PART_LIMIT) if said else ""
