"""The controls of a person's own subscription, and what each of them wants. Pure."""

from collections.abc import Mapping, Sequence
from datetime import time

from bot.types import Direction, Subscription
from bot.words.catalogue import catalogue
from bot.words.page import PageWords
from bot.words.personal import Choice, choice, state
from handlers.slack.fields import text_at
from handlers.slack.render import Block, section
from handlers.slack.text import mrkdwn, plain
from handlers.subscriptions import (
    NIGHT,
    UTC,
    Adjust,
    is_zone,
    quiet_at,
    quiet_from,
    quiet_in,
    quiet_until,
    told_about,
)

PREFIX = "subscription."
NOTHING, EVERYTHING = "nothing", "everything"
OPTION_LIMIT = 75
STATE_LIMIT = 600
DIRECTIONS = (Direction.OUTBOUND, Direction.INBOUND, Direction.INTERNAL)
# fmt: off
ZONES = (
    "UTC", "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Sao_Paulo",
    "Europe/London", "Europe/Lisbon", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome",
    "Europe/Amsterdam", "Europe/Zurich", "Europe/Vienna", "Europe/Stockholm", "Europe/Warsaw", "Europe/Athens",
    "Europe/Istanbul", "Africa/Johannesburg", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai",
    "Asia/Tokyo", "Asia/Seoul", "Australia/Sydney", "Pacific/Auckland",
)
# fmt: on
"""To choose from; the person's own is added where Slack names it."""


def controls(own: Subscription | None, language: str, *, zone: str) -> list[Block]:
    """Say what a person is told, and offer to change it."""
    said = f"*{mrkdwn((choice(Choice.TITLE, language),), OPTION_LIMIT)}*\n{mrkdwn(state(own, language), STATE_LIMIT)}"
    shown = [section(said), _actions("what", [_ways(own, language)])]
    return [*shown, _actions("when", _hours(own, language, zone))] if own else shown


def wanted(action: Mapping[str, object], zone: str) -> Adjust | None:
    """Read what a control asks for: how to adjust a subscription; None where it is to end. ValueError for nonsense."""
    value = text_at(action, "selected_option", "value") or text_at(action, "selected_time")
    match text_at(action, "action_id").removeprefix(PREFIX):
        case "ways":
            return _chosen(value)
        case "from":
            return quiet_from(_hour(value), zone)
        case "until":
            return quiet_until(_hour(value), zone)
        case "zone" if is_zone(value):
            return quiet_in(value)
        case "loud":
            return quiet_at(None)
        case _:
            raise ValueError("no control of ours")


def _hour(value: str) -> time:
    """Read an hour; one that names a zone of its own could be compared with no other."""
    hour = time.fromisoformat(value)
    if hour.tzinfo:
        raise ValueError("an hour with a zone")
    return hour


def _chosen(value: str) -> Adjust | None:
    if value == NOTHING:
        return None
    return told_about(frozenset() if value == EVERYTHING else frozenset({Direction(value)}))


def _ways(own: Subscription | None, language: str) -> Block:
    page = PageWords(catalogue(language))
    named = {NOTHING: choice(Choice.NOTHING, language), EVERYTHING: choice(Choice.EVERYTHING, language)}
    named |= {str(way): page.direction(way) for way in DIRECTIONS}
    return _select("ways", named, _way(own))


def _way(own: Subscription | None) -> str:
    """Name what is chosen now; several directions, which only words can choose, are none of the options."""
    if own is None:
        return NOTHING
    return EVERYTHING if not own.directions else ",".join(sorted(own.directions))


def _hours(own: Subscription, language: str, zone: str) -> list[Block]:
    hours = own.quiet
    known = hours.zone if hours else zone if is_zone(zone) else UTC
    zones = dict.fromkeys([*ZONES, known])
    shown = [_picker("from", (hours or NIGHT).start), _picker("until", (hours or NIGHT).end)]
    shown.append(_select("zone", {name: name.replace("_", " ") for name in zones}, known))
    return [*shown, _button("loud", choice(Choice.NO_QUIET, language))] if hours else shown


def _actions(name: str, elements: Sequence[Block]) -> Block:
    return {"type": "actions", "block_id": f"{PREFIX}{name}", "elements": list(elements)}


def _select(name: str, options: Mapping[str, str], initial: str) -> Block:
    chosen = {"initial_option": _option(initial, options[initial])} if initial in options else {}
    listed = [_option(value, text) for value, text in options.items()]
    return {"type": "static_select", "action_id": f"{PREFIX}{name}", "options": listed, **chosen}


def _option(value: str, said: str) -> Block:
    return {"text": {"type": "plain_text", "text": plain((said,), OPTION_LIMIT), "emoji": False}, "value": value}


def _picker(name: str, at: time) -> Block:
    return {"type": "timepicker", "action_id": f"{PREFIX}{name}", "initial_time": f"{at:%H:%M}"}


def _button(name: str, said: str) -> Block:
    text = {"type": "plain_text", "text": plain((said,), OPTION_LIMIT), "emoji": False}
    return {"type": "button", "action_id": f"{PREFIX}{name}", "text": text, "value": name}
