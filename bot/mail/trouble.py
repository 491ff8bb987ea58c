"""Replies that speak of the canary's own set-up, which is never an outage of the mail, or say back its secret."""

import base64
import re
from collections.abc import Mapping

THROTTLED = "The canary is throttled. Send less often with {name}."
FULL = "A mailbox of the canary is full or over its quota. Empty it."
NO_MAILBOX = "Exchange Online has no mailbox {name}. Check its address, and its licence."
OWN = (
    # A temporary failure of the sign-in (454 4.7.0) is the provider's; a final one is ours.
    ("auth", re.compile(r"5\d\d "), "The mailbox {name} cannot sign in. Check its user, password or app permissions."),
    ("", re.compile(r"5\d\d 5\.1\.8\b"), "The mailbox {name} was blocked as a sender of spam. Unblock it in Defender."),
    ("", re.compile(r"\b[45]\.7\.60\b|SendAsDenied"), "The mailbox {name} may not send as its own address. Allow it."),
    ("", re.compile(r"5\d\d 5\.7\.57\b"), "The mailbox {name} must sign in to send. Give it a secret."),
    ("", re.compile(r"5\.7\.68\b"), "This tenant refuses mail without a sign-in. Give {name} a secret."),
    ("", re.compile(r"5\.7\.606\b"), "This machine's address is blocked by Microsoft. Ask them to take it off."),
    ("", re.compile(r"\b5\.2\.2\b|[Qq]uota exceeded"), FULL),
    ("", re.compile(r"\b432 4\.3\.2\b|\b4\.4\.2 .*[Tt]oo many"), THROTTLED),
)


OF_STATUS: Mapping[int, str] = {429: THROTTLED, 507: FULL}
OF_CODE: Mapping[str, str] = {
    "ErrorQuotaExceeded": FULL,
    "QuotaExceededException": FULL,
    "ErrorInvalidUser": NO_MAILBOX,
    "ResourceNotFound": NO_MAILBOX,
    "MailboxNotEnabledForRESTAPI": NO_MAILBOX,
    "ErrorSendAsDenied": "The mailbox {name} may not send as its own address. Allow it.",
}
"""What Graph's own codes mean; they are Exchange's response codes."""


def graph_trouble(status: int | None, code: str, name: str) -> str:
    """Say what to do about an answer of Graph that is about the canary itself, as far as the answer does not."""
    return (OF_CODE.get(code) or OF_STATUS.get(status or 0, "")).format(name=name)


def own_trouble(stage: str, reply: str, name: str) -> str:
    """Say what to do if a reply is about the canary itself, or nothing if it is about the mail."""
    for where, pattern, advice in OWN:
        if where in {"", stage} and pattern.search(reply):
            return advice.format(name=name)
    return ""


def hushed(reply: str, login: str, secret: str) -> str:
    """Take a password or token out of a reply: there are servers that say back what they were told."""
    told = (secret, f"\0{login}\0{secret}", f"user={login}\1auth=Bearer {secret}\1\1")
    for form in (secret, *(base64.b64encode(one.encode()).decode() for one in told)):
        reply = reply.replace(form, "…") if form else reply
    return reply
