"""An answer to one person as Slack blocks: pure."""

from bot.words.answers import Answer, Part
from handlers.slack.render import SIGNS as _SIGNS
from handlers.slack.render import Block, advised, bullets, buttons, context, section
from handlers.slack.text import fit, mrkdwn, notice

PART_LIMIT = 1400
PARTS_MOST = 6
TITLE_LIMIT = 200
NOTICE_LIMIT = 3000


def blocks(answer: Answer) -> list[Block]:
    """Dress an answer; under an open incident its buttons follow."""
    dressed = [section(f"{_SIGNS[answer.severity]} *{mrkdwn(answer.headline, PART_LIMIT)}*")]
    if answer.advice:
        dressed.append(section(advised(answer.advice, answer.language)))
    dressed += [section(_part(part)) for part in answer.parts[:PARTS_MOST]]
    if answer.note:
        dressed.append(context(mrkdwn(answer.note, PART_LIMIT)))
    if answer.incident:
        dressed.append(buttons(answer.incident, answer.language))
    return dressed


def text(answer: Answer) -> str:
    """Say an answer in one string, for notifications and screen readers."""
    lines = [line for part in answer.parts for line in part.lines]
    said = " ".join(notice(part, PART_LIMIT) for part in (answer.headline, answer.advice, *lines, answer.note) if part)
    return fit(f"{_SIGNS[answer.severity]} {said}", NOTICE_LIMIT)


def body(answer: Answer) -> dict[str, object]:
    """Give what an ack or a response URL takes."""
    shown_to = "in_channel" if answer.everyone else "ephemeral"
    return {"response_type": shown_to, "text": text(answer), "blocks": blocks(answer)}


def _part(part: Part) -> str:
    title = f"*{mrkdwn(part.title, TITLE_LIMIT)}*\n" if part.title else ""
    return title + bullets(part.lines)
