"""An answer to one person as an Adaptive Card: pure."""

from bot.words.answers import Answer
from handlers.teams.render import HEADLINE_LIMIT, STYLES, Card, advised, block, bullets, framed, small

PARTS_MOST = 6


def card(answer: Answer) -> Card:
    """Dress an answer."""
    sign, colour = STYLES[answer.severity]
    body = [
        block((f"{sign} ", *answer.headline), HEADLINE_LIMIT, size="Large", weight="Bolder", color=colour.title()),
        *advised(answer.advice, answer.language),
    ]
    for part in answer.parts[:PARTS_MOST]:
        body += [block(part.title, weight="Bolder", spacing="Medium")] if part.title else []
        body += bullets(part.lines)
    if answer.note:
        body.append(small(answer.note))
    return framed(body, spoken=(*answer.headline, " ", *answer.advice), language=answer.language)
