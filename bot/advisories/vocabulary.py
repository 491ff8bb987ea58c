"""The vendor's many ways to say one thing, brought down to one word each, so that rules can be short."""

import re
from collections.abc import Iterable
from functools import cache

# (what is printed, what rules look for), in this order. Texts are in lower case with straight quotes by then.
_VERBS = (
    "accept|access|add|arriv|book|bounc|chang|connect|creat|deliver|download|edit|find|flow|get|hold|leav|load|locat|log|"
    "manag|open|perform|play|process|read|receiv|recover|releas|reply|schedul|search|see|send|sign|submit|sync|synchroniz|"
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
_SYNONYMS: tuple[tuple[str, str], ...] = (
    # Contractions first, so that "can't", "cannot" and "unable to" meet.
    (r"\bcan't\b", "cannot"),
    (r"\bwon't\b", "will not"),
    (r"(?<=[a-z])n't\b", " not"),
    (r"(?<=[a-z])'(?:ve)\b", " have"),
    (r"(?<=[a-z])'re\b", " are"),
    (r"\bit's\b|\bthat's\b", "it is"),
    # What the mail is called.
    (r"\be-mail", "email"),
    (r"\bnon[- ]?delivery (?:reports?|receipts?|notifications?|notices?|messages?)(?: \(ndrs?\))?", "ndr"),
    (r"\b(?:ndrs|bounce[- ]?backs?(?: messages?| emails?)?|undeliverable(?: messages?| emails?| reports?)?)\b", "ndr"),
    (r"\b(?:delivery failure|failed delivery|delivery status) (?:notifications?|notices?|messages?|reports?)\b", "ndr"),
    (r"\bemail (?:messages?|items?)\b|\bemails?\b|\bmail (?:messages?|items?)\b|\bmails\b", "mail"),
    # How the mailbox is reached.
    (
        r"\boutlook on the web(?: \(owa\))?|\boutlook web (?:app|access)(?: \(owa\))?|\boutlook\.com\b|\bweb outlook\b",
        "owa",
    ),
    (r"\bexchange activesync(?: \(eas\))?|\beas\b|\bactive ?sync\b", "activesync"),
    (r"\binternet message access protocol(?: \(imap4?\))?|\bimap4?\b", "imap"),
    (r"\bpost office protocol(?: \(pop3?\))?|\bpop3\b", "pop"),
    (r"\bfree[ -/]?(?:and |or )?busy\b", "free/busy"),
    # Gerunds and plain forms are the same to a rule.
    (rf"\b({_VERBS})ing\b", "{verb}"),
    # What people cannot do.
    (
        r"\b(?:unable|not able|not be able|no longer able|not been able|inability|powerless) to\b|\bcould not\b|\bcan not\b"
        r"|\bcan no longer\b|\bfail(?:s|ed|ing)? to\b|\b(?:prevented|blocked|stopped|restricted|barred) from\b"
        r"|\bdo(?:es)? not manage to\b|\b(?:will|may|might) not\b",
        "cannot",
    ),
    (
        r"\b(?:issues?|problems?|errors?|failures?|trouble|difficult(?:y|ies)|time-?outs?|interruptions?)"
        r"(?: messages?| codes?)?(?: (?:when|while|whilst|with|on|upon|if|as|in))?(?: (?:users|they|you))?"
        r"(?: (?:try|trying|attempt|attempting)(?: to)?)? (?=(?:access|connect|create|download|find|get|load|open|read|receive|reply|search|see"
        r"|send|sign|log|submit|sync|use|view)\b)",
        "cannot ",
    ),
    (r"\bcannot (?:intermittently |always |reliably |successfully |properly |longer )", "cannot "),
    # How slow it is.
    (
        r"\bdelay(?:s|ed|ing)?\b|\blatenc(?:y|ies)\b|\blater than (?:usual|expected|normal)\b|\bslow to (?:arrive|deliver|leave)\b|\bdefer(?:red|rals?|ring)\b|\bpostponed\b"
        r"|\b(?:take|takes|taking|took) (?:up to |over |more than |about |approximately |around |as long as )?(?:\w+ ){1,3}(?:minutes?|hours?)\b",
        "late",
    ),
    (r"\b(?:take|takes|taking|took) (?:much |far )?(?:longer|long)(?: than (?:usual|expected|normal))?\b", "late"),
    (
        r"\b(?:held up|stuck in (?:the |a )?queues?|queued|held in queues?|piling up|not (?:delivered|arriving?) (?:promptly|on time|in time))\b",
        "late",
    ),
    # Who is on the other side.
    (r"\b(?:external|outside|the internet|internet|third[- ]party|other organi[sz]ations?'?)\b", "external"),
    (r"\bcolleagues?\b|\bco-?workers?\b", "colleagues"),
    (
        r"\bwithin (?:the |your |their |an )?(?:same |own )?(?:organi[sz]ation|tenant|company)\b|\bintra-?org\w*\b|\bintra-?tenant\b",
        "within-org",
    ),
    # The verdicts of filters.
    (r"\bphish(?:ing|es|y)?\b", "phish"),
    (r"\bjunk (?:e?mail )?folders?\b|\bjunk\b", "junk"),
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
