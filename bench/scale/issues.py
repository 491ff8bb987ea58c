"""What a tenant's service health lists: as many advisories, as long, as a live tenant has, and those of a fault."""

from datetime import datetime, timedelta
from typing import Any, TypeAlias

Issue: TypeAlias = dict[str, Any]

STANDING, LISTED, POSTS = 60, 20, 5
"""How many there are, how many of them a tenant has listed, and how many posts each has."""
MAIL_EACH = 7
"""One in so many is about mail."""
ELSEWHERE = (
    ("SP", "SharePoint Online", "Some users' searches in SharePoint Online may return no results"),
    ("TM", "Microsoft Teams", "Some users can't join meetings from Microsoft Teams rooms"),
    ("OD", "OneDrive for Business", "Users may see a delay when files are synchronized by OneDrive"),
    ("IT", "Microsoft Intune", "Some admins can't see reports of devices in Microsoft Intune"),
    ("PB", "Power BI", "Refreshes of some datasets may fail in Power BI"),
    ("MO", "Microsoft 365 suite", "Some admins' usage reports may be out of date"),
)
MAIL = "Some users can't search in their archive mailboxes in Outlook on the web"
WORDS = (
    "More info: We've received reports from a small number of tenants, and our telemetry agrees with "
    "them. The trouble comes and goes, and most requests succeed when they are made again after a "
    "moment.\n\n"
    "Current status: We've found that a part of the infrastructure that handles these requests performs "
    "below acceptable thresholds since a recent change. We're developing a fix, and we're validating it "
    "in our internal environment before we deploy it to the affected part, which we expect to take "
    "several days.\n\n"
    "Scope of impact: Your organization is affected by this event, and some of the users that are served "
    "by the affected infrastructure are impacted.\n\n"
    "Root cause: A recent change in the service, meant to make requests quicker, contains a code issue "
    "that makes a cache return what is no longer true."
)


def standing(now: datetime) -> list[Issue]:
    """Give what has been listed for days, so that it rings nobody."""
    return [_standing(number, now - timedelta(days=5, hours=number)) for number in range(STANDING)]


def fault(id_: str, title: str, now: datetime) -> Issue:
    """Give a new advisory about mail."""
    return _issue(id_, "Exchange Online", title, now, posts=[(now, "We're looking into it.")])


def _standing(number: int, at: datetime) -> Issue:
    prefix, service, title = ELSEWHERE[number % len(ELSEWHERE)]
    if number % MAIL_EACH == 0:
        prefix, service, title = "EX", "Exchange Online", MAIL
    posts = [(at - timedelta(days=POSTS - n), f"Update {n + 1}. {WORDS}") for n in range(POSTS)]
    return _issue(f"{prefix}{1_300_000 + number}", service, f"{title} ({number})", at, posts=posts)


def _issue(id_: str, service: str, title: str, at: datetime, *, posts: list[tuple[datetime, str]]) -> Issue:
    return {
        "startDateTime": _stamp(posts[0][0]),
        "endDateTime": None,
        "lastModifiedDateTime": _stamp(at),
        "title": title,
        "id": id_,
        "impactDescription": f"{title}.",
        "classification": "advisory",
        "origin": "microsoft",
        "status": "serviceDegradation",
        "service": service,
        "feature": "Access",
        "featureGroup": "Access and reliability",
        "isResolved": False,
        "highImpact": None,
        "details": [],
        "posts": [_post(title, moment, text) for moment, text in posts],
    }


def _post(title: str, at: datetime, text: str) -> Issue:
    content = f"Title: {title}\n\nUser impact: {title}.\n\n{text}"
    return {
        "createdDateTime": _stamp(at),
        "postType": "regular",
        "description": {"contentType": "html", "content": content},
    }


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
