"""Whether an advisory and an incident are the same fault, and by what we know it.

Strongest first: an id quoted in a post, rare words shared in the root cause, the same title at the same time, agreement
with what the test messages see. Similar titles and near ids never join; they are shown as related.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from bot.correlate.ordinary import ORDINARY
from bot.types import Claim, Finding, Incident, Reading
from bot.types.aspects import CLOSED, covered, same_kind
from bot.types.base import Direction

OPENED, QUOTED, CAUSE, TITLE, CANARY = "opened", "quoted", "cause", "title", "canary"

RARE_WORDS_SHARED = 3
"""Two root causes that share this many rare words tell of one fault: two can be chance, three were not in any pair."""

EARLY = timedelta(hours=2)
"""Vendors date the start of a fault up to this long before or after test messages do."""

RECENT = timedelta(days=1)
"""An advisory that has stood unchanged for longer is not about what begins now."""

RETURNS = timedelta(days=7)
"""The same title within this time after the end is the same fault, closed too early."""

NEAR_IDS = 600
ALIKE = 0.6

HEDGES = re.compile(r"\b(some|any|all|a few|most|many|a subset of|limited number of)\s+(?=users?\b|admins?\b)")
TENSES = ((re.compile(r"\bmay have been\b|\bwere\b|\bare\b"), "may be"), (re.compile(r"\bmay have\b"), "may"))
QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})
ABBREVIATION = re.compile(r"\b[A-Z]{3,6}\b")
WORD = re.compile(r"[a-z0-9]+(?:[/'.-][a-z0-9]+)*")


def match(reading: Reading, incident: Incident, now: datetime, first_seen: datetime) -> str:
    """Say by what an advisory is the same fault as an incident; empty where nothing shows it."""
    claims = [claim for claim in incident.claims if claim.reading.id != reading.id]
    if any(quotes(reading, claim.reading) for claim in claims):
        return QUOTED
    if any(same_cause(reading.cause, claim.reading.cause) for claim in claims):
        return CAUSE
    if any(same_title(reading, claim, now) for claim in claims):
        return TITLE
    return CANARY if agrees(reading, incident.findings, now, first_seen) else ""


def quotes(one: Reading, other: Reading) -> bool:
    """Tell whether one of two advisories names the other."""
    return other.id in one.quotes or one.id in other.quotes


def same_cause(one: str, other: str) -> bool:
    """Tell whether two root causes share enough rare words; a rare abbreviation weighs as two."""
    shared = rare_words(one) & rare_words(other)
    abbreviations = {word.lower() for word in ABBREVIATION.findall(f"{one} {other}")}
    return len(shared) + len(shared & abbreviations) >= RARE_WORDS_SHARED


@lru_cache(maxsize=512)
def rare_words(cause: str) -> frozenset[str]:
    """Give the words of a root cause that few others have, in the singular."""
    words = {_stem(word) for word in WORD.findall(cause.translate(QUOTES).lower())}
    return frozenset(word for word in words if len(word) > 2 and not word.isdigit() and word not in _ordinary())  # noqa: PLR2004 (shorter ones are no terms)


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    return ORDINARY | {_stem(word) for word in ORDINARY}


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def same_title(reading: Reading, claim: Claim, now: datetime) -> bool:
    """Tell whether an advisory bears the same title as another one, while that lasts or within days of its end."""
    other = claim.reading
    if not (reading.title and reading.is_mail and other.is_mail) or plain_title(reading.title) != plain_title(
        other.title
    ):
        return False
    end = claim.closed_seen if other.state in CLOSED else None
    return end is None or min(reading.start or now, now) - end <= RETURNS


def plain_title(title: str) -> str:
    """Give a title without hedges, tenses and typography, which vendors change from post to post."""
    text = HEDGES.sub("", " ".join(title.translate(QUOTES).lower().split()))
    for pattern, plain in TENSES:
        text = pattern.sub(plain, text)
    return text.strip(" .")


def agrees(reading: Reading, findings: tuple[Finding, ...], now: datetime, first_seen: datetime) -> bool:
    """Tell whether our own tests saw what the vendor says: kind of symptom, direction and time."""
    if not reading.is_mail:
        return False
    alike = [finding for finding in findings if same_kind(reading.symptom, finding.symptom)]
    same = [finding for finding in alike if _same_way(reading.direction, finding.direction)]
    return any(_same_time(reading, finding, now, first_seen) for finding in same)


def _same_way(said: Direction, seen: Direction) -> bool:
    return said is Direction.NONE or bool(covered(said) & covered(seen))


def _same_time(reading: Reading, finding: Finding, now: datetime, first_seen: datetime) -> bool:
    start = min(reading.start or first_seen, first_seen)
    newest = max(start, reading.modified or start, first_seen)
    over = finding.ended or now
    said_over = reading.end or now
    return start <= over + EARLY and said_over >= finding.since - EARLY and newest >= finding.since - RECENT


def looks_alike(reading: Reading, claim: Claim) -> bool:
    """Tell whether two advisories of one time are worth showing side by side: alike titles, or near ids."""
    other = claim.reading
    if not (reading.is_mail and other.is_mail) or claim.gone is not None:
        return False
    one, two = (set(plain_title(text).split()) for text in (reading.title, other.title))
    alike = bool(one | two) and len(one & two) / len(one | two) >= ALIKE
    return alike or _near(reading.id, other.id)


def _near(one: str, other: str) -> bool:
    numbers = [int(digits) for digits in (re.sub(r"\D", "", text)[:9] for text in (one, other)) if digits]
    return len(numbers) == 2 and 0 < abs(numbers[0] - numbers[1]) <= NEAR_IDS  # noqa: PLR2004 (one number of each)
