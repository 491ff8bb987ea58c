"""Which chat platforms may not show what we tell them, by what their vendors say."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.types import AdvisoryState, Claim, Reading, Symptom, Topic
from bot.types.aspects import CLOSED

FRESH = timedelta(days=3)
"""An advisory that has stood unchanged for longer is no outage."""
_WAY = re.compile(
    r"\b(?:chats?|messages?|messaging|channels?|posts?|access\w*|sign(?:ing)?[ -]?in|log[ -]?in|load\w*|launch\w*"
    r"|connect\w*|notifications?|webhooks?|workflows?|power automate|bots?|apps?|cards?|unavailable)\b",
    re.IGNORECASE,
)
"""What a message of ours takes to be read in Teams."""
_BESIDE = re.compile(
    r"\b(?:search\w*|presence|meetings?|calls?|calling|voicemails?|recordings?|transcripts?|external|find people|files?"
    r"|reports?|analytics|admins?|administrators?|webinars?|rooms?|huddles?|canvas\w*|copilot|emojis?|exports?|billing)\b",
    re.IGNORECASE,
)
"""Parts of a chat platform that messages do without."""
_SUITE = re.compile(r"\bteams\b|\b(?:microsoft|office) 365 (?:services|apps)\b", re.IGNORECASE)


def in_doubt(claims: Iterable[Claim], now: datetime) -> Mapping[str, Reading]:
    """Give the platforms that have trouble of their own, each with the newest advisory that says so."""
    fresh = sorted((claim for claim in claims if _stands(claim, now)), key=lambda claim: claim.first_seen)
    return {platform: claim.reading for claim in fresh if (platform := _platform(claim.reading))}


def _stands(claim: Claim, now: datetime) -> bool:
    reading = claim.reading
    over = reading.state in CLOSED or reading.state is AdvisoryState.PRE_ALERT or claim.gone is not None
    harmless = reading.symptom is Symptom.ADMIN_ONLY or Topic.ANNOUNCEMENT in reading.topics
    return not over and not harmless and now - claim.changed <= FRESH


def _platform(reading: Reading) -> str:
    """Name the platform whose messages an advisory touches; empty where it touches none."""
    if _BESIDE.search(reading.title):
        return ""
    if reading.service == "Slack":
        return "slack"
    if reading.source != "microsoft":
        return ""
    if reading.id.startswith("TM"):
        return "teams" if _WAY.search(reading.title) else ""
    newest = reading.posts[-1].text if reading.posts else ""
    suite = reading.id.startswith("MO") and (_SUITE.search(reading.title) or "Microsoft Teams" in newest)
    return "teams" if suite else ""
