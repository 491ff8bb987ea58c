"""An answer to one person as an Adaptive Card: pure."""

from bot.words.answers import Answer
from handlers.teams.render import Card, advised, block, bullets, fitted, framed, headline, shown, small

PARTS_MOST = 6


def card(answer: Answer) -> Card:
    """Dress an answer."""

    def dressed(limit: int) -> Card:
        body = [headline(answer.headline, answer.severity), *advised(answer.advice, answer.language, limit)]
        for part in answer.parts[:PARTS_MOST]:
            body += shown(block(part.title, limit, weight="Bolder", spacing="Medium"))
            body += bullets(part.lines, limit)
        body += shown(small(answer.note, limit))
        return framed(body, spoken=(*answer.headline, " ", *answer.advice), language=answer.language, limit=limit)

    return fitted(dressed)
