"""A message as an Adaptive Card: pure, within the limits of a Workflows webhook whatever the words are."""

from collections.abc import Iterable
from typing import TypeAlias

from bot.types import Kind, Message, Severity, Text
from bot.words.labels import Label, label
from handlers.teams.text import markdown, plain

Card: TypeAlias = dict[str, object]

# The "Post card" action of Workflows refuses or breaks what declares a later version.
VERSION = "1.4"
HEADLINE_LIMIT = 300
PART_LIMIT = 1400
FACT_LIMIT = 400
FACTS_MOST = 8
SPEECH_LIMIT = 1000
CARD_TYPE = "application/vnd.microsoft.card.adaptive"

STYLES = {
    Severity.SEVERE: ("🔴", "attention"),
    Severity.WARNING: ("🟠", "warning"),
    Severity.INFO: ("🔵", "accent"),
    Severity.GOOD: ("🟢", "good"),
}
"""The sign and the named colour of the headline; the headline's own words say the same."""


def envelope(shown: Card) -> Card:
    """Wrap one card as the stock Workflows template wants it: a bare card is accepted and never posted."""
    return {"type": "message", "attachments": [{"contentType": CARD_TYPE, "contentUrl": None, "content": shown}]}


def card(message: Message, kind: Kind, *, note: Text = (), mention: str = "") -> Card:
    """Dress a message; ``mention`` is the UPN or Entra id of whom to call where it is severe."""
    sign, colour = STYLES[message.severity]
    body = [
        block((f"{sign} ", *message.headline), HEADLINE_LIMIT, size="Large", weight="Bolder", color=colour.title()),
        *_body(message),
        *([small(message.basis)] if message.basis and kind is not Kind.REPLY else []),
        *([small(note)] if note else []),
    ]
    dressed = framed(body, spoken=(*message.headline, " ", *message.advice), language=message.language)
    if mention and kind is Kind.HEAD and message.severity is Severity.SEVERE:
        _call(dressed, body, mention)
    return dressed


def framed(body: list[Card], *, spoken: Text, language: str) -> Card:
    """Put blocks into a card with all that readers without sight, or with an old client, need."""
    said = plain(spoken, SPEECH_LIMIT)
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": VERSION,
        "lang": language,
        "fallbackText": said,
        "speak": said,
        "msteams": {"width": "Full"},
        "body": body,
    }


def block(said: Text, limit: int = PART_LIMIT, **style: object) -> Card:
    """Show a sentence, wrapped: Teams cuts it off on phones otherwise."""
    return {"type": "TextBlock", "text": markdown(said, limit), "wrap": True, **style}


def bullets(lines: Iterable[Text]) -> list[Card]:
    """Show one sentence a line."""
    return [block(("• ", *line), FACT_LIMIT, spacing="Small") for line in list(lines)[:FACTS_MOST]]


def advised(advice: Text, language: str) -> list[Card]:
    """Show what to do under its name."""
    name = markdown((label(Label.TO_DO, language),), PART_LIMIT)
    return [{**block(advice), "text": f"**{name}** {markdown(advice, PART_LIMIT)}"}] if advice else []


def small(said: Text) -> Card:
    """Show a sentence in small, grey letters."""
    return block(said, FACT_LIMIT, size="Small", isSubtle=True)


def _body(message: Message) -> list[Card]:
    vendor = [block(message.vendor)] if message.vendor else []
    return [*advised(message.advice, message.language), *bullets(message.facts), *vendor]


def _call(dressed: Card, body: list[Card], mention: str) -> None:
    """Call a person by name: the text and the entity have to be the same to the letter."""
    called = f"<at>{mention}</at>"
    body.append({"type": "TextBlock", "text": called, "wrap": True})
    mentioned = {"id": mention, "name": mention}
    entity = {"type": "mention", "text": called, "mentioned": mentioned}
    dressed["msteams"] = {"width": "Full", "entities": [entity]}
