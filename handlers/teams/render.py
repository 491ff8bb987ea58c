"""A message as an Adaptive Card: pure, within the limits of a Workflows webhook whatever the words are."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from bot.types import Chart, Delivery, Kind, Message, Moment, Reason, Severity, Text
from bot.words.labels import Label, incident_name, label
from handlers.teams.chart import element, words
from handlers.teams.text import markdown, plain

Card: TypeAlias = dict[str, object]

# The "Post card" action of Workflows refuses or breaks what declares a later version.
VERSION = "1.4"
HEADLINE_LIMIT = 300
FACTS_MOST = 10
BUDGET = 24 * 1024
"""Bytes as sent, with their ASCII escapes; a Workflow takes 28 KB and its own wrapping."""
STAMP = 80
"""Room for the functions that show date and time, and a sign."""
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


WORSENS = frozenset({Reason.WORSE, Reason.REOPENED, Reason.ESCALATED})
"""Later news that calls somebody by name where it is severe, as the first does."""


def envelope(content: Card) -> Card:
    """Wrap one card as the stock Workflows template wants it: a bare card is accepted and never posted.

    Without a summary, the notification says no more than that a card was sent.
    """
    attached = {"contentType": CARD_TYPE, "contentUrl": None, "content": content}
    return {"type": "message", "summary": content["fallbackText"], "attachments": [attached]}


def card(delivery: Delivery, *, note: Text = (), mention: str = "", chart: Chart | None = None) -> Card:
    """Dress a delivery, and what waited longer within it; ``mention`` is whom to call where it is severe.

    The chart gives way to its words where a card would be too large with it.
    """
    message, first = delivery.message, _is_first(delivery)
    loud = message.severity is Severity.SEVERE and (first or message.reason in WORSENS)
    called = mention if loud else ""

    def dressed(limit: int) -> Card:
        body = [
            headline(message.headline, message.severity),
            *told(message, limit),
            *([element(chart) if limit == LIMITS[0] else words(chart)] if chart else ()),
            *shown(small(message.basis if first or message.instead_of else (), limit), small(note, limit)),
            *shown(small(() if first else incident_name(message.incident or "?", message.language), limit)),
            *_call(called),
            *_waited([one.message for one in delivery.earlier], message, limit),
        ]
        spoken = (*message.headline, " ", *message.advice)
        return framed(body, spoken=spoken, language=message.language, limit=limit, mention=called)

    return fitted(dressed)


def told(message: Message, limit: int) -> list[Card]:
    """Show what to do, the facts, and what the vendor says."""
    return [
        *advised(message.advice, message.language, limit),
        *bullets(message.facts, limit),
        *shown(block(message.vendor, limit)),
    ]


def fitted(dress: Callable[[int], Card]) -> Card:
    """Dress with the largest limit of a sentence that keeps the whole within the budget."""
    return next((one for limit in LIMITS if _size(one := dress(limit)) <= BUDGET), dress(LIMITS[-1]))


def framed(body: list[Card], *, spoken: Text, language: str, limit: int, mention: str = "") -> Card:
    """Put blocks into a card with all that readers without sight, or with an old client, need."""
    said = plain(spoken, min(2 * limit, HEADLINE_LIMIT))
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


def small(said: Text, limit: int) -> Card:
    """Show a sentence in small, grey letters."""
    return block(said, min(limit, HEADLINE_LIMIT), size="Small", isSubtle=True)


def _is_first(delivery: Delivery) -> bool:
    """Tell whether nobody there has read of the incident yet: its first message is this one, or goes out with it."""
    same = (one for one in (delivery, *delivery.earlier) if one.message.incident == delivery.message.incident)
    return any(one.kind is Kind.HEAD for one in same)


def _waited(earlier: Sequence[Message], newest: Message, limit: int) -> list[Card]:
    """Show what waited with its time, and in full where it is the last word on another incident and there is room."""
    if not earlier:
        return []
    title = block((label(Label.WAITED, newest.language),), limit, weight="Bolder", spacing="Medium", separator=True)
    known = {newest.incident}
    blocks = [title]
    for message in earlier:
        latest = message.incident not in known
        known.add(message.incident)
        blocks.append(_line(message, limit))
        blocks += told(message, limit) if latest and limit == LIMITS[0] else []
    return blocks


def _line(message: Message, limit: int) -> Card:
    sign, _ = STYLES[message.severity]
    said = (Moment(at=message.at, with_date=True), f" {sign} ", *message.headline)
    return block(said, min(limit + STAMP, HEADLINE_LIMIT), spacing="Small")


def _call(mention: str) -> list[Card]:
    """Call a person by name: the text and its entity have to be the same to the letter."""
    return [{"type": "TextBlock", "text": f"<at>{mention}</at>", "wrap": True}] if mention else []


def _size(dressed: Card) -> int:
    return len(json.dumps(envelope(dressed)))
