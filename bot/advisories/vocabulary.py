"""The vendor's many ways to say one thing, brought down to one word each, so that rules can be short."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple


class Synonym(NamedTuple):
    """Ways to print something, as a regular expression, and the one word that rules look for."""

    printed: str
    word: str


# Applied in this order, to texts in lower case with straight quotes.
_VERBS = (
    "accept|access|add|arriv|book|bounc|chang|connect|creat|deliver|download|edit|find|flow|get|hold|leav|load"
    "|locat|log|"
    "manag|open|perform|play|process|read|receiv|recover|releas|reply|schedul|search|see|send|sign|submit|sync"
    "|synchroniz|"
    "updat|us|utiliz|view"
)
_STEMS = {
    "arriv": "arrive",
    "bounc": "bounce",
    "chang": "change",
    "creat": "create",
    "leav": "leave",
    "locat": "locate",
    "manag": "manage",
    "receiv": "receive",
    "releas": "release",
    "schedul": "schedule",
    "synchroniz": "sync",
    "updat": "update",
    "us": "use",
    "utiliz": "use",
}
_SYNONYMS: tuple[Synonym, ...] = (
    # Contractions first, so that "can't", "cannot" and "unable to" meet.
    Synonym(r"\bcan't\b", "cannot"),
    Synonym(r"\bwon't\b", "will not"),
    Synonym(r"(?<=[a-z])n't\b", " not"),
    Synonym(r"(?<=[a-z])'(?:ve)\b", " have"),
    Synonym(r"(?<=[a-z])'re\b", " are"),
    Synonym(r"\bit's (?=been\b)", "it has "),
    Synonym(r"\bit's\b|\bthat's\b", "it is"),
    # What the mail is called.
    Synonym(r"\be-mail", "email"),
    Synonym(r"\bnon[- ]?delivery (?:reports?|receipts?|notifications?|notices?|messages?)(?: \(ndrs?\))?", "ndr"),
    Synonym(
        r"\b(?:ndrs|bounce[- ]?backs?(?: messages?| emails?)?|undeliverable(?: messages?| emails?| reports?)?)\b", "ndr"
    ),
    Synonym(
        r"\b(?:delivery failure|failed delivery|delivery status) (?:notifications?|notices?|messages?|reports?)\b",
        "ndr",
    ),
    Synonym(r"\bemail (?:messages?|items?)\b|\bemails?\b|\bmail (?:messages?|items?)\b|\bmails\b", "mail"),
    # How the mailbox is reached.
    Synonym(
        r"\boutlook on the web(?: \(owa\))?|\boutlook web (?:app|access)(?: \(owa\))?|\boutlook\.com\b|\bweb outlook\b",
        "owa",
    ),
    Synonym(r"\bexchange activesync(?: \(eas\))?|\beas\b|\bactive ?sync\b", "activesync"),
    Synonym(r"\binternet message access protocol(?: \(imap4?\))?|\bimap4?\b", "imap"),
    Synonym(r"\bpost office protocol(?: \(pop3?\))?|\bpop3\b", "pop"),
    Synonym(r"\bfree[ -/]?(?:and |or )?busy\b", "free/busy"),
    # Gerunds and plain forms are the same to a rule.
    Synonym(rf"\b({_VERBS})ing\b", "{verb}"),
    # What people cannot do.
    Synonym(
        r"\b(?:(?:may|might|will|would|could|are|is|was|were|have|has|had) ){0,2}(?:not )?(?:be "
        r"|been )?(?:intermittently "
        r"|temporarily |sometimes )?(?:unable|not able|no longer able|powerless) to\b|\b(?:may|might|will|would|have"
        r"|had) not "
        r"(?:be |been )?able to\b|\b(?:not be able|not been able|inability) to\b|\bcould not\b"
        r"|\bcan not\b|\bcan no longer\b|\bfail(?:s|ed|ing)? to\b"
        r"|\b(?:prevented|blocked|stopped|restricted|barred) from\b|\bdo(?:es)? not manage to\b"
        r"|\b(?:will|may|might) not\b",
        "cannot",
    ),
    Synonym(
        r"\b(?:issues?|problems?|errors?|failures?|trouble|difficult(?:y|ies)|time-?outs?|interruptions?)(?: messages?"
        r"| codes?)?(?: (?:when|while|whilst|with|on|upon|if|as|in))?(?: (?:users|they|you))?(?: (?:try|trying|attempt"
        r"|attempting)(?: to)?)? (?=(?:access|connect|create|download|find|get|load|open|read|receive|reply|search|see"
        r"|send|sign|log|submit|sync|use|view)\b)",
        "cannot ",
    ),
    # A message in quotes that comes up while one does something is an error.
    Synonym(
        r"\b(?:see|receive|get|encounter)s? (?:an? |the )?(?:error |message )?(?:'[^'\n]{3,80}'|\"[^\"\n]{3,80}\")"
        r"(?: errors?| messages?| prompts?)? (?:when|while|on|upon|after) (?:they |users )?(?:try to |attempt to )?"
        r"(?=(?:access|connect|load|open|read|reply|search|send|sign|log)\b)",
        "cannot ",
    ),
    Synonym(r"\bcannot (?:intermittently |always |reliably |successfully |properly |longer )", "cannot "),
    # How slow it is.
    Synonym(
        r"\bdelay(?:s|ed|ing)?\b|\blatenc(?:y|ies)\b|\b(?:later|slower) than (?:usual|expected|normal)\b"
        r"|\bslow to (?:arrive|deliver|leave)\b|\bdefer(?:red|rals?|ring)\b|\bpostponed\b"
        r"|\b(?:take|takes|taking|took) (?:up to |over |more than |about |approximately |around "
        r"|as long as )?(?:\w+ ){1,3}(?:minutes?|hours?)\b",
        "late",
    ),
    Synonym(
        r"\b(?:take|takes|taking|took) (?:much |far )?(?:longer|long)(?: than (?:usual|expected|normal))?\b", "late"
    ),
    Synonym(
        r"\b(?:long|longer|extended|excessive|prolonged) (?:waits?|wait(?:ing)? times?|delivery times?"
        r"|processing times?|lags?)\b|\bnot (?:\w+ ){0,8}in a timely (?:manner|fashion|way)\b"
        r"|\blag(?:s|ging|ged)?\b|\b(?:hours|minutes) late\b",
        "late",
    ),
    Synonym(
        r"\b(?:held up|stuck in (?:the |a )?queues?|queued|held in queues?|piling up"
        r"|not (?:delivered|arriving?) (?:promptly|on time|in time))\b",
        "late",
    ),
    # Who is on the other side.
    Synonym(r"\b(?:external|outside|the internet|internet|third[- ]party|other organi[sz]ations?'?)\b", "external"),
    Synonym(r"\bcolleagues?\b|\bco-?workers?\b", "colleagues"),
    Synonym(
        r"\b(?:within|inside) (?:the |your |their |an )?(?:same |own )?(?:organi[sz]ation|tenant|company)\b"
        r"|\bintra-?org\w*\b"
        r"|\bintra-?tenant\b",
        "within-org",
    ),
    # Ways into the mailbox.
    Synonym(r"\b(?:los(?:e|es|t|ing)) access to\b", "cannot access"),
    Synonym(r"\bget (?:at|into|back into)\b", "access"),
    # The verdicts of filters.
    Synonym(r"\bphish(?:ing|es|y)?\b", "phish"),
    Synonym(r"\bjunk (?:e?mail )?folders?\b|\bjunk\b", "junk"),
)
_CHAT = re.compile(r"\b(?:teams|chats?|channels?|skype|yammer|viva engage|slack)\b")
_MESSAGES = re.compile(r"\bmessages?\b(?! (?:center|trace|card|extension|queue|tracking))")
_DOUBLE_MAIL = re.compile(r"\bmail(?: mail)+\b")
_BLANKS = re.compile(r"\s+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
MOST_CHARACTERS = 6_000
"""Of one part that rules look at: what is wrong stands at its beginning."""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a rule's pattern at first use, so that importing the tables costs nothing."""
    return re.compile(pattern)


def canonical(text: str, *, chat: bool = False) -> str:
    """Bring a text down to the words of the rules; ``chat`` says that messages are not mail here."""
    text = text[:MOST_CHARACTERS].lower()
    for pattern, word in _SYNONYMS:
        text = compiled(pattern).sub(_verb if word == "{verb}" else word, text)
    if not chat and not _CHAT.search(text):
        text = _DOUBLE_MAIL.sub("mail", _MESSAGES.sub("mail", text))
    return _BLANKS.sub(" ", text).strip()


def sentences(text: str) -> Iterable[str]:
    """Cut a text at full stops and line breaks."""
    return filter(None, (piece.strip() for piece in _SENTENCE.split(text)))


def _verb(match: re.Match[str]) -> str:
    return _STEMS.get(match[1], match[1])
