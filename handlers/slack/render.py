"""A message as Slack blocks: pure, within Slack's limits whatever the words are."""

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from bot.types import Kind, Message, Severity, Text
from bot.words.labels import Label, label
from handlers.actions import ACTIONS
from handlers.slack.text import fit, mrkdwn, notice, plain

Block: TypeAlias = dict[str, object]

HEADER_LIMIT = 150
SECTION_LIMIT = 3000
NOTICE_LIMIT = 3000
PART_LIMIT = 1400
FACT_LIMIT = 400
FACTS_MOST = 12
CONTEXT_LIMIT = 1000
BUTTON_LIMIT = 75
VALUE_LIMIT = 2000

SIGNS = {Severity.SEVERE: "🔴", Severity.WARNING: "🟠", Severity.INFO: "🔵", Severity.GOOD: "🟢"}

_CALLABLE = re.compile(r"[SUW][A-Z0-9]{2,20}")
_IN_LINKS = str.maketrans({"<": "%3C", ">": "%3E", "|": "%7C", "&": "&amp;"})


def blocks(message: Message, kind: Kind, *, mention: Sequence[str] = (), note: Text = ()) -> list[Block]:
    """Dress a message; ``mention`` holds ids of user groups or people, ``note`` is about the delivery itself."""
    head = kind is not Kind.REPLY
    dressed = [_header(message) if head else section(f"{SIGNS[message.severity]} *{_part(message.headline)}*")]
    if mention and head and message.severity is Severity.SEVERE:
        dressed.append(section(" ".join(map(called, mention))))
    dressed += _body(message)
    dressed += _contexts(message.basis if head else (), note)
    if head and message.incident and message.severity is not Severity.GOOD:
        dressed.append(buttons(message.incident, message.language))
    return dressed


def text(message: Message) -> str:
    """Say the whole message in one string, for notifications and screen readers."""
    parts = (message.headline, message.advice, *message.facts[:FACTS_MOST], message.vendor)
    said = " ".join(notice(part, PART_LIMIT) for part in parts if part)
    return fit(f"{SIGNS[message.severity]} {said}", NOTICE_LIMIT)


def section(said: str) -> Block:
    """Show mrkdwn that is escaped already; ``verbatim`` keeps Slack from making links of what people wrote."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": fit(said, SECTION_LIMIT), "verbatim": True}}


def bullets(lines: Iterable[Text]) -> str:
    """Show one sentence a line."""
    said = [dressed for line in lines if (dressed := mrkdwn(line, FACT_LIMIT))]
    return "\n".join(f"• {line}" for line in said[:FACTS_MOST])


def buttons(incident: str, language: str) -> Block:
    """Offer what a person may do about an incident."""
    return {"type": "actions", "elements": [_button(action, incident, language) for action in ACTIONS]}


def context(said: str) -> Block:
    """Show a line in small, grey letters."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": fit(said, CONTEXT_LIMIT), "verbatim": True}]}


def called(who: str) -> str:
    """Call a user group or a person by id; raises ValueError for what is neither."""
    if not _CALLABLE.fullmatch(who):
        raise ValueError(f"{who} is neither the id of a user group (S0123456789) nor of a person (U0123456789)")
    return f"<!subteam^{who}>" if who.startswith("S") else f"<@{who}>"


def link(address: str, name: str) -> str:
    """Lead to an address of Slack's or our own, escaped so that it cannot end early."""
    return f"<{address.translate(_IN_LINKS)}|{mrkdwn((name.replace('|', ' '),), PART_LIMIT)}>"


def _header(message: Message) -> Block:
    shown = fit(f"{SIGNS[message.severity]} {plain(message.headline, HEADER_LIMIT)}", HEADER_LIMIT)
    return {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": False}}


def _body(message: Message) -> list[Block]:
    said = (advised(message.advice, message.language), bullets(message.facts), _part(message.vendor))
    return [section(part) for part in said if part]


def advised(advice: Text, language: str) -> str:
    """Show what to do under its name."""
    said = _part(advice)
    return f"*{mrkdwn((label(Label.TO_DO, language),), BUTTON_LIMIT)}* {said}" if said else ""


def _contexts(basis: Text, note: Text) -> list[Block]:
    return [context(said) for part in (basis, note) if (said := mrkdwn(part, CONTEXT_LIMIT))]


def _part(said: Text) -> str:
    return mrkdwn(said, PART_LIMIT)


def _button(action: str, incident: str, language: str) -> Block:
    shown = plain((label(ACTIONS[action], language),), BUTTON_LIMIT)
    return {
        "type": "button",
        "action_id": action,
        "value": incident[:VALUE_LIMIT],
        "text": {"type": "plain_text", "text": shown, "emoji": False},
    }
