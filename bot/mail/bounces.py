"""Reports of non-delivery: RFC 3464, and those that do not keep to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from bot.mail.headers import header

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
UNDEFINED = re.compile(r"\.0\.0$")
"""A status that says nothing (RFC 3463): exim writes 5.0.0 whatever the server answered."""
REPLY = re.compile(r"(?<![\w.-])([45]\d\d[ -](?:#?[45]\.\d{1,3}\.\d{1,3}\b)?[^\r\n]{0,300})")
SENDER = re.compile(r"mailer-daemon|postmaster|microsoftexchange[0-9a-f]{20,}", re.IGNORECASE)
SUBJECT = re.compile(
    r"undeliver|not delivered|non-?deliver|delivery (status|failure|has failed|problem)|mail delivery failed|"
    r"returned (mail|to sender)|failure notice|unzustellbar|non remis|no se puede entregar|"
    r"delivery delayed|message \S+ delayed|could not send message for",
    re.IGNORECASE,
)
DELAYED = re.compile(r"\(delay\)|delayed|could not send message for (the )?past", re.IGNORECASE)
STILL_TRYING = re.compile(
    r"not need to re-?send|will (keep|continue) (trying|to try|to be retried)|still being retried", re.IGNORECASE
)
NAMES = ("Subject", "Message-ID", "In-Reply-To", "References", "X-Mailstatus-Probe")
MOST_OPENING = 4096
MOST_TEXT = 65_536
MOST_PARTS = 50


class Action(StrEnum):
    """What became of the message, by the report's own word."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report about one message; ``text`` is all that may name the message it is about."""

    action: Action
    status: str
    reply: str
    text: str


def may_be_report(message: Message) -> bool:
    """Tell by the headers whether a message is worth reading as a report."""
    return (
        message.get_content_type() == "multipart/report"
        or "X-Failed-Recipients" in message
        or header(message, "Return-Path").strip() == "<>"
        or bool(SENDER.search(header(message, "From")) and SUBJECT.search(header(message, "Subject")))
    )


def read_report(message: Message) -> Report | None:
    """Read a report; None for a message that is no report of delivery. Decides by Action, never by the first digit."""
    body = "\n".join(_bodies(message))[:MOST_TEXT]
    text = "\n".join(_names(message)) + "\n" + body
    fields = _fields(message)
    if fields is None:
        return _plain_report(message, text, body)
    action = _action(fields)
    if action is None:
        return None
    reply = header(fields, "Diagnostic-Code").partition(";")[2].strip() or _first(REPLY, body)
    status = _first(STATUS, header(fields, "Status"))
    if not status or UNDEFINED.search(status):
        status = _first(STATUS, reply) or status
    return Report(action=action, status=status, reply=reply, text=text)


def _plain_report(message: Message, text: str, body: str) -> Report | None:
    """Read a report without the parts of RFC 3464: by its subject, and the first reply that it quotes."""
    if not may_be_report(message):
        return None
    subject, reply = header(message, "Subject"), _first(REPLY, body)
    if not (SUBJECT.search(subject) or reply):
        return None
    waits = DELAYED.search(subject) or STILL_TRYING.search(body[:MOST_OPENING])
    status = _first(STATUS, reply) or _first(STATUS, body)
    return Report(action=Action.DELAYED if waits else Action.FAILED, status=status, reply=reply, text=text)


def _fields(message: Message) -> Message | None:
    """Find the group of a recipient that failed, or else the first group of a recipient."""
    groups = [
        group
        for part in _parts(message)
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list)
        for group in part.get_payload()
        if isinstance(group, Message) and group.get("Action")
    ]
    failed = [group for group in groups if _action(group) is Action.FAILED]
    return next(iter(failed or groups), None)


def _action(fields: Message) -> Action | None:
    word = header(fields, "Action").split(" ")[0].strip(";").lower()
    return Action(word) if word in set(Action) else None


def _names(message: Message) -> Iterator[str]:
    for part in _parts(message):
        yield from (header(part, name) for name in NAMES if name in part)


def _bodies(message: Message) -> Iterator[str]:
    for part in _parts(message):
        payload = part.get_payload(decode=True) if part.get_content_maintype() == "text" else None
        if isinstance(payload, bytes):
            yield payload[:MOST_TEXT].decode("utf-8", "replace")


def _parts(message: Message) -> Iterator[Message]:
    for _, part in zip(range(MOST_PARTS), message.walk(), strict=False):
        yield part


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return " ".join(match[1].split()) if match else ""
