"""Reports of non-delivery: RFC 3464, and those that do not keep to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from enum import StrEnum

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?<![\d.])([45]\d\d[ -](?:#?[45]\.\d{1,3}\.\d{1,3}\b)?[^\r\n]{0,300})")
SENDER = re.compile(r"mailer-daemon|postmaster|microsoftexchange[0-9a-f]{20,}", re.IGNORECASE)
SUBJECT = re.compile(
    r"undeliver|not delivered|non-?deliver|delivery (status|failure|has failed|problem)|mail delivery failed|"
    r"returned (mail|to sender)|failure notice|unzustellbar|non remis|no se puede entregar|"
    r"delivery delayed|message \S+ delayed",
    re.IGNORECASE,
)
DELAYED = re.compile(
    r"\(delay\)|delayed|will (keep|continue) (trying|to try)|still being retried|do not need to resend", re.IGNORECASE
)
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


def may_be_report(headers: EmailMessage) -> bool:
    """Tell by the headers whether a message is worth reading as a report."""
    return (
        headers.get_content_type() == "multipart/report"
        or "X-Failed-Recipients" in headers
        or _header(headers, "Return-Path").strip() == "<>"
        or bool(SENDER.search(_header(headers, "From")) and SUBJECT.search(_header(headers, "Subject")))
    )


def read_report(message: EmailMessage) -> Report | None:
    """Read a report; None for a message that is no report of delivery. Decides by Action, never by the first digit."""
    text = "\n".join(_texts(message))[:MOST_TEXT]
    fields = _fields(message)
    if fields is None:
        return _plain_report(message, text)
    action = _action(fields)
    if action is None:
        return None
    diagnostic = _words(fields.get("Diagnostic-Code", "")).partition(";")[2].strip()
    reply = diagnostic or _first(REPLY, text)
    status = _first(STATUS, str(fields.get("Status", ""))) or _first(STATUS, reply)
    return Report(action=action, status=status, reply=reply, text=text)


def _plain_report(message: EmailMessage, text: str) -> Report | None:
    if not may_be_report(message):
        return None
    subject = _header(message, "Subject")
    reply = _first(REPLY, text)
    if not (SUBJECT.search(subject) or reply):
        return None
    action = Action.DELAYED if DELAYED.search(subject) else Action.FAILED
    return Report(action=action, status=_first(STATUS, reply) or _first(STATUS, text), reply=reply, text=text)


def _fields(message: EmailMessage) -> Message | None:
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
    word = _words(fields.get("Action", "")).split(" ")[0].strip(";").lower()
    return Action(word) if word in set(Action) else None


def _texts(message: EmailMessage) -> Iterator[str]:
    for part in _parts(message):
        for name in ("Subject", "Message-ID", "In-Reply-To", "References", "X-Mailstatus-Probe"):
            if part.get(name):
                yield _words(part[name])
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield payload[:MOST_TEXT].decode("utf-8", "replace")


def _parts(message: EmailMessage) -> Iterator[Message]:
    for _, part in zip(range(MOST_PARTS), message.walk(), strict=False):
        yield part


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return " ".join(match[1].split()) if match else ""


def _words(value: object) -> str:
    return " ".join(str(value).split())


def _header(message: Message, name: str) -> str:
    return str(message.get(name, ""))
