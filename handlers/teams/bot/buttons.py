"""The buttons of an incident on a card of the bot: pure."""

from bot.words.labels import label
from handlers.actions import ACTIONS
from handlers.teams.render import Card

TITLE_LIMIT = 60


def with_buttons(card: Card, incident: str | None, language: str) -> Card:
    """Offer what a person may do about an incident, below a card; webhooks' cards cannot have them."""
    if not incident:
        return card
    return {**card, "actions": [_button(verb, incident, language) for verb in ACTIONS]}


def _button(verb: str, incident: str, language: str) -> Card:
    title = label(ACTIONS[verb], language)[:TITLE_LIMIT]
    return {"type": "Action.Execute", "verb": verb, "title": title, "data": {"incident": incident}}
