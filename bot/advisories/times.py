"""Moments in feeds: the record's own, and those that posts promise in words."""

import re
from datetime import UTC, datetime, timedelta

LONGEST_PROMISE = timedelta(days=21)
"""Between a post and the next one it promises; longer gaps in print were wrong months and wrong years."""
FURTHEST = timedelta(days=60)
"""From now to a promise that is still worth saying."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before this stand only the zeros of other people's date types."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?:,?\s*(?:at\s*)?(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?::\d\d)?\s*(?P<half>[ap])?\.?(?:m\b\.?)?)?"
_FORMS = (
    # Wednesday, November 17, 2021, at 2:30 PM UTC
    re.compile(rf"(?P<month>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d){_CLOCK}"),
    # 17 November 2021 14:30 UTC
    re.compile(rf"(?P<day>\d{{1,2}})\.?\s+(?P<month>[a-z]{{3,9}})\.?,?\s+(?P<year>20\d\d){_CLOCK}"),
    # 2021-11-17T14:30 and 2021-11-17 14:30 (UTC)
    re.compile(rf"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?:t(?=\d))?{_CLOCK}"),
    # 11/17/2021, 2:30 PM UTC: Microsoft prints the month first
    re.compile(rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>20\d\d){_CLOCK}"),
)
_ZONES = {"utc": 0, "gmt": 0, "z": 0, "pst": -8, "pdt": -7, "est": -5, "edt": -4, "cet": 1, "cest": 2, "bst": 1}
_ZONE = re.compile(r"\s*\(?(utc|gmt|z|pst|pdt|est|edt|cet|cest|bst)\b")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "twelve": 12, "half an": 0.5}
_SOON = re.compile(
    r"\b(?:within|in)\s+(?:the\s+next\s+|about\s+|approximately\s+|around\s+)?(?P<n>half an|\d{1,3}|an?|one|two|three"
    r"|four|six|twelve)[ -](?P<unit>minute|hour)"
)
_UPDATE = re.compile(r"\b(?:update|message|back|tell you|report|notif|information|inform)")


def moment(value: object) -> datetime | None:
    """Read an ISO time, or the date string of JavaScript, as aware UTC; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError:
        return _javascript(value)
    return _utc(at)


def promised(text: str, *, posted: datetime, now: datetime | None = None) -> datetime | None:
    """Find when lower-case ``text`` promises the next update; None where it does not, or the date cannot be true."""
    at = _next_update(text) or _soon(text, posted)
    if at is None or not posted <= at <= posted + LONGEST_PROMISE:
        return None
    return None if now is not None and abs(at - now) > FURTHEST else at


def printed(text: str) -> datetime | None:
    """Find the first date in lower-case text, in any form that Microsoft has printed."""
    found = [match for form in _FORMS if (match := form.search(text))]
    return _built(min(found, key=re.Match.start)) if found else None


def _next_update(text: str) -> datetime | None:
    # "Our next update is planned for ..." as well as the label; the last one printed counts.
    start = max(text.rfind("next update"), text.rfind("next message"))
    return printed(text[start : start + 120]) if start >= 0 else None


def _soon(text: str, posted: datetime) -> datetime | None:
    for match in _SOON.finditer(text):
        if _UPDATE.search(text, max(0, match.start() - 90), match.end() + 40):
            n = _NUMBERS.get(match["n"]) or float(match["n"])
            return posted + n * timedelta(**{f"{match['unit']}s": 1})
    return None


def _built(match: re.Match[str]) -> datetime | None:
    month = match["month"]
    number = int(month) if month.isdigit() else _month(month)
    hour = int(match["hour"] or 0) % 12 + 12 * (match["half"] == "p") if match["half"] else int(match["hour"] or 0)
    zone = _ZONE.match(match.string, match.end())
    try:
        at = datetime(int(match["year"]), number, int(match["day"]), hour, int(match["minute"] or 0), tzinfo=UTC)
    except ValueError:
        return None
    return at - timedelta(hours=_ZONES[zone[1]] if zone else 0)


def _month(name: str) -> int:
    return next((i for i, month in enumerate(MONTHS, 1) if month == name[:3]), 0)


def _javascript(value: str) -> datetime | None:
    # Sat Jun 11 2022 18:55:50 GMT+0000 (Coordinated Universal Time)
    try:
        return _utc(datetime.strptime(value[4:33], "%b %d %Y %H:%M:%S GMT%z"))
    except ValueError:
        return None


def _utc(at: datetime) -> datetime | None:
    try:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
    return at if at >= EARLIEST else None
