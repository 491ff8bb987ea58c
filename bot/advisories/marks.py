"""What is printed in an advisory as it stands: codes, ids of other advisories, cause, scope, start and end."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.advisories.posts import Parts
from bot.advisories.times import printed
from bot.advisories.vocabulary import sentences

MOST_MARKS = 50
"""Of one kind in one advisory; a text made of codes is no advisory."""
LONGEST_CAUSE = 2_000
LONGEST_SCOPE = 500
FURTHEST_START = timedelta(days=45)
"""Between the start that the record gives and the one in the text; beyond that one of them is a slip."""

# 503 5.5.1, 550-5.7.705, 5.7.705; not a version number, an address or a date.
_CODE = re.compile(r"(?<![\d.])(?:([245]\d\d)[ -]\s?#?)?([245]\.\d{1,2}\.\d{1,3})(?![\d]|\.\d)")
_ID = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2,3})(\d{4,8})(?![A-Za-z0-9])")
# Two or three capitals and digits that are no advisory: articles, standards, Message Center posts, months.
_OTHER_IDS = frozenset(
    (
        "KB",
        "MC",
        "RFC",
        "CVE",
        "ISO",
        "UTC",
        "GMT",
        "SHA",
        "AES",
        "RSA",
        "MD",
        "ID",
        "NO",
        "IP",
        "AS",
        "IE",
        "PR",
        "TLS",
    )
)
_BECAUSE = re.compile(
    r"\b(?:caused by|due to|because|root cause|resulted? (?:in|from)|led to|linked (?:the|it|this)|traced|introduced"
    r"|responsible for|is what's|determined that|identified that|stem(?:s|med)? from|left over from|culprit"
    r"|regression)\b",
    re.IGNORECASE,
)


def codes(texts: Iterable[str]) -> tuple[str, ...]:
    """Give SMTP codes as printed, each once: with its reply where one stands before it."""
    found = dict.fromkeys(
        f"{match[1]} {match[2]}" if match[1] else match[2] for text in texts for match in _CODE.finditer(text)
    )
    whole = {code.split()[1] for code in found if " " in code}
    return tuple(code for code in found if " " in code or code not in whole)[:MOST_MARKS]


def quotes(texts: Iterable[str], *, own: str) -> tuple[str, ...]:
    """Give the ids of other advisories that texts name, each once."""
    found = (match for text in texts for match in _ID.finditer(text) if match[1] not in _OTHER_IDS)
    return tuple(dict.fromkeys(match[0] for match in found if match[0] != own))[:MOST_MARKS]


def cause(cut: Iterable[Parts]) -> str:
    """Give the newest root cause; without such a label, what the newest post that gives a reason says of it."""
    newest_first = tuple(reversed(tuple(cut)))
    labelled = next((part.cause for part in newest_first if part.cause), "")
    told = (_because(part) for part in newest_first)
    return (labelled or next(filter(None, told), ""))[:LONGEST_CAUSE]


def scope(cut: Iterable[Parts]) -> str:
    """Give the newest words about who is hit."""
    return next((part.scope.replace("\n", " ") for part in reversed(tuple(cut)) if part.scope), "")[:LONGEST_SCOPE]


def start(recorded: datetime | None, cut: Iterable[Parts]) -> datetime | None:
    """Give the start that the newest post names; the record's own where none is named, or where it cannot be true."""
    named = next((at for part in reversed(tuple(cut)) if part.start and (at := printed(part.start.lower()))), None)
    if named is None or recorded is None:
        return named or recorded
    return named if abs(named - recorded) <= FURTHEST_START else recorded


def end(recorded: datetime | None, start: datetime | None, cut: Iterable[Parts]) -> datetime | None:
    """Give the end that the newest post names: the record's is often the time of the closing post."""
    named = next((at for part in reversed(tuple(cut)) if part.end and (at := printed(part.end.lower()))), None)
    if named is None or recorded is None:
        return named or recorded
    early = start is not None and named < start
    return recorded if early or abs(named - recorded) > FURTHEST_START else named


def _because(part: Parts) -> str:
    text = part.final or part.status or part.loose
    return " ".join(sentence for sentence in sentences(text) if _BECAUSE.search(sentence))
