"""A message as an Adaptive Card: pure, within the limits of a Workflows webhook whatever the words are."""

import json
from collections.abc import Callable, Iterable
from typing import TypeAlias

from bot.types import Kind, Message, Severity, Text
from bot.words.labels import Label, label
from handlers.teams.text import markdown, plain

Card: TypeAlias = dict[str, object]

# The "Post card" action of Workflows refuses or breaks what declares a later version.
VERSION = "1.4"
HEADLINE_LIMIT = 300
FACTS_MOST = 10
BUDGET = 24 * 1024
"""Bytes as sent, with their ASCII escapes; a Workflow takes 28 KB and its own wrapping."""
LIMITS = (1200, 400, 100)
"""Characters of one sentence: the next smaller limit is tried where a card is over the budget."""
CARD_TYPE = "application/vnd.microsoft.card.adaptive"

STYLES = {
    Severity.SEVERE: ("🔴", "Attention"),
    Severity.WARNING: ("🟠", "Warning"),
    Severity.INFO: ("🔵", "Accent"),
    Severity.GOOD: ("🟢", "Good"),
}
"""The sign and the named colour of the headline; the headline's own words say the same."""


def envelope(content: Card) -> Card:
    """Wrap one card as the stock Workflows template wants it: a bare card is accepted and never posted."""
    return {"type": "message", "attachments": [{"contentType": CARD_TYPE, "contentUrl": None, "content": content}]}


def card(message: Message, kind: Kind, *, note: Text = (), mention: str = "") -> Card:
    """Dress a message; ``mention`` is the UPN or Entra id of whom to call where it is severe."""
    called = mention if kind is Kind.HEAD and message.severity is Severity.SEVERE else ""

    def dressed(limit: int) -> Card:
        body = [
            headline(message.headline, message.severity),
            *advised(message.advice, message.language, limit),
            *bullets(message.facts, limit),
            *shown(block(message.vendor, limit)),
            *shown(small(message.basis if kind is not Kind.REPLY else ()), small(note)),
            *_call(called),
        ]
        return framed(body, spoken=(*message.headline, " ", *message.advice), language=message.language, mention=called)

    return fitted(dressed)


def fitted(dress: Callable[[int], Card]) -> Card:
    """Dress with the largest limit of a sentence that keeps the whole within the budget."""
    return next((one for limit in LIMITS if _size(one := dress(limit)) <= BUDGET), dress(LIMITS[-1]))


def framed(body: list[Card], *, spoken: Text, language: str, mention: str = "") -> Card:
    """Put blocks into a card with all that readers without sight, or with an old client, need."""
    said = plain(spoken, HEADLINE_LIMIT)
    entity = {"type": "mention", "text": f"<at>{mention}</at>", "mentioned": {"id": mention, "name": mention}}
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": VERSION,
        "lang": language,
        "fallbackText": said,
        "speak": said,
        "msteams": {"width": "Full", **({"entities": [entity]} if mention else {})},
        "body": body,
    }


def headline(said: Text, severity: Severity) -> Card:
    """Show what is wrong, with a sign and a colour that say the same as the words."""
    sign, colour = STYLES[severity]
    return block((f"{sign} ", *said), HEADLINE_LIMIT, size="Large", weight="Bolder", color=colour)


def block(said: Text, limit: int, **style: object) -> Card:
    """Show a sentence, wrapped: Teams cuts it off on phones otherwise."""
    return {"type": "TextBlock", "text": markdown(said, limit), "wrap": True, **style}


def advised(advice: Text, language: str, limit: int) -> list[Card]:
    """Show what to do under its name."""
    name, said = markdown((label(Label.TO_DO, language),), limit), markdown(advice, limit)
    return [{"type": "TextBlock", "text": f"**{name}** {said}", "wrap": True}] if said else []


def bullets(lines: Iterable[Text], limit: int) -> list[Card]:
    """Show one sentence a line."""
    said = [line for line in lines if markdown(line, limit)]
    return [block(("• ", *line), limit, spacing="Small") for line in said[:FACTS_MOST]]


def shown(*blocks: Card) -> list[Card]:
    """Leave out blocks that would be blank."""
    return [one for one in blocks if one["text"]]


def small(said: Text) -> Card:
    """Show a sentence in small, grey letters."""
    return block(said, HEADLINE_LIMIT, size="Small", isSubtle=True)


def _call(mention: str) -> list[Card]:
    """Call a person by name: the text and its entity have to be the same to the letter."""
    return [{"type": "TextBlock", "text": f"<at>{mention}</at>", "wrap": True}] if mention else []


def _size(dressed: Card) -> int:
    return len(json.dumps(envelope(dressed)))
