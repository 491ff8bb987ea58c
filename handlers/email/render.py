"""A message as an e-mail: pure; plain text, and the same as simple HTML."""

import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from bot.types import Delivery, Kind, Message, Moment, Severity, Text
from bot.words.labels import Label, incident_name, label
from handlers.clean import cut, spell, utc

SUBJECT_LIMIT = 150
LIMIT = 2000
"""Characters of one sentence."""
SIGNS = {Severity.SEVERE: "🔴", Severity.WARNING: "🟠", Severity.INFO: "🔵", Severity.GOOD: "🟢"}
_CHARACTER = re.compile(".", re.DOTALL)
_ENTITY = re.compile(r"&[a-z#0-9]+;|.", re.DOTALL)


def mail(delivery: Delivery, *, sender: str, to: str, at: datetime, note: Text = ()) -> EmailMessage:
    """Dress a delivery, and what waited longer within it, as a mail that no machine answers.

    Its Message-ID is made of the delivery's key: who gets it twice can see that it is the same.
    """
    message = delivery.message
    letter = EmailMessage(policy=SMTP)
    letter["Message-ID"] = message_id(delivery, sender)
    letter["Date"] = format_datetime(at)
    letter["From"] = sender
    letter["To"] = to
    letter["Subject"] = f"{SIGNS[message.severity]} {_plain(message.headline, SUBJECT_LIMIT)}"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    if delivery.head is not None and delivery.kind is not Kind.HEAD:
        letter["In-Reply-To"] = letter["References"] = delivery.head.id
    letter.set_content("\n\n".join(_plain(said, LIMIT) for said in _sentences(delivery, note)) + "\n")
    letter.add_alternative(_page(delivery, note), subtype="html")
    return letter


def message_id(delivery: Delivery, sender: str) -> str:
    """Name the mail that a delivery becomes, whenever it is sent."""
    return f"<{delivery.key}@{sender.rpartition('@')[2]}>"


def _page(delivery: Delivery, note: Text) -> str:
    first, *rest = (_html(said) for said in _sentences(delivery, note))
    body = "".join(f"<p>{said}</p>\n" for said in rest)
    language = escape(delivery.message.language)
    return f'<!doctype html>\n<html lang="{language}"><meta charset="utf-8">\n<h1>{first}</h1>\n{body}</html>\n'


def _sentences(delivery: Delivery, note: Text) -> Iterator[Text]:
    """Give all that is told, from what is wrong to how we know."""
    message = delivery.message
    yield from (said for said in (*_told(message), message.basis, note) if said)
    if delivery.earlier:
        yield (label(Label.WAITED, message.language),)
    for one in delivery.earlier:
        yield (Moment(at=one.message.at, with_date=True), " ", *one.message.headline)
    if message.incident:
        yield incident_name(message.incident, message.language)


def _told(message: Message) -> Iterator[Text]:
    yield message.headline
    if message.advice:
        yield (f"{label(Label.TO_DO, message.language)} ", *message.advice)
    yield from (("- ", *fact) for fact in message.facts)
    yield message.vendor


def _plain(said: Text, limit: int) -> str:
    return cut(spell(said, escape=str, moment=utc), limit, atom=_CHARACTER)


def _html(said: Text) -> str:
    return cut(spell(said, escape=escape, moment=utc), LIMIT, atom=_ENTITY)
