"""Reports of non-delivery, as RFC 3464 has them."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

_ENHANCED = re.compile(r"\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Which message could not be delivered to whom, and what ``reply`` (code, status, words) the server gave."""

    original: bytes
    recipient: str
    reply: str
    reporter: str
    """The domain that gave up."""
    at: datetime


def bounce(failure: Failure) -> bytes:
    """Write the report that goes to the sender's mailbox: text, delivery status, and the original's headers."""
    headers = message_from_bytes(failure.original.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"] = f"Mail Delivery <postmaster@{failure.reporter}>"
    report["To"] = str(headers["From"] or failure.recipient)
    report["Subject"] = f"Undeliverable: {headers['Subject'] or ''}"
    report["Date"] = format_datetime(failure.at)
    report["Message-ID"] = make_msgid(domain=failure.reporter)
    report["Auto-Submitted"] = "auto-replied"
    report["X-Failed-Recipients"] = failure.recipient
    if headers["Message-ID"]:
        report["In-Reply-To"] = report["References"] = str(headers["Message-ID"])
    for part in (_words(failure), _status(failure), _original(headers)):
        report.attach(part)
    return b"Return-Path: <>\r\n" + report.as_bytes(policy=SMTP)


def _words(failure: Failure) -> MIMEText:
    said = f"Your message to {failure.recipient} could not be delivered.\n\n{failure.reporter} said: {failure.reply}\n"
    return MIMEText(said, "plain", "us-ascii")


def _status(failure: Failure) -> MIMEBase:
    part = MIMENonMultipart("message", "delivery-status")
    per_message, per_recipient = Message(), Message()
    per_message["Reporting-MTA"] = f"dns; mx.{failure.reporter}"
    per_message["Arrival-Date"] = format_datetime(failure.at)
    per_recipient["Final-Recipient"] = f"rfc822; {failure.recipient}"
    per_recipient["Action"] = "failed"
    per_recipient["Status"] = enhanced_status(failure.reply)
    per_recipient["Diagnostic-Code"] = f"smtp; {failure.reply}"
    part.set_payload([per_message, per_recipient])
    return part


def _original(headers: Message) -> MIMEBase:
    return MIMEText(headers.as_string(), "rfc822-headers", "us-ascii")


def enhanced_status(reply: str) -> str:
    """Read the enhanced status out of ``550 5.4.1 …``; the first digit's general one where there is none."""
    found = _ENHANCED.match(reply)
    return found[1] if found else f"{reply[:1]}.0.0"
