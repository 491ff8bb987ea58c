"""Reading public status pages: each reader turns one body into advisories in the shape of a serviceHealthIssue.

JSON is read from bytes, as json knows UTF-8 and UTF-16 by their first ones. A reader raises ValueError, KeyError or
TypeError for what has another shape, and gives nothing for a page that is well.
"""

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

Issue: TypeAlias = Mapping[str, object]
Reader: TypeAlias = Callable[[bytes], list[Issue]]

GOOGLE = "https://www.google.com/appsstatus/dashboard/"
MICROSOFT_WELL = {"available", "operational", "service restored", "unknown", ""}
# "Sat Jun 11 2022 18:55:50 GMT+0000 (Coordinated Universal Time)": a JavaScript Date as text.
JAVASCRIPT = re.compile(r"^\w{3} (\w{3} \d{1,2} \d{4} \d{2}:\d{2}:\d{2}) GMT([+-]\d{4})")
AWS_INFORMATION = 1
MOST_ITEMS = 100


def microsoft(body: bytes) -> list[Issue]:
    """Read ``status.cloud.microsoft/api/posts/mac``: whether admins can get in, which is not whether mail flows."""
    found = json.loads(body)
    posts = found if isinstance(found, list) else [found]
    return [
        _Entry(
            id=str(post["Id"]),
            title=_text(post.get("Title"))
            or f"{post.get('ServiceDisplayName') or 'Microsoft 365 admin center'}: {post['Status']}",
            service=str(post.get("ServiceDisplayName") or "Microsoft 365 admin center"),
            status=str(post["Status"]),
            posts=[(post.get("AuthoredDateTime"), post.get("Message"))],
        ).issue()
        for post in posts[:MOST_ITEMS]
        if str(post["Status"]).strip().lower() not in MICROSOFT_WELL
    ]


def google(body: bytes) -> list[Issue]:
    """Read Google Workspace's ``incidents.json``: those without an end."""
    return [
        _Entry(
            id=str(one["id"]),
            title=str(one["external_desc"]),
            service=", ".join(str(product["title"]) for product in one.get("affected_products") or ())
            or str(one["service_name"]),
            status=str(one["status_impact"]),
            start=one["begin"],
            link=urljoin(GOOGLE, str(one.get("uri") or "")),
            posts=[(update.get("when"), update.get("text")) for update in reversed(one.get("updates") or [])],
        ).issue()
        for one in _list(json.loads(body))
        if not one.get("end")
    ]


def slack(body: bytes) -> list[Issue]:
    """Read Slack's ``/api/v2.0.0/current``."""
    page = json.loads(body)
    return [
        _Entry(
            id=str(one["id"]),
            title=str(one["title"]),
            service="Slack",
            status=str(one["status"]),
            start=one.get("date_created"),
            link=str(one.get("url") or ""),
            posts=[(note.get("date_created"), note.get("body")) for note in reversed(one.get("notes") or [])],
        ).issue()
        for one in _list(page["active_incidents"])
    ]


def statuspage(body: bytes) -> list[Issue]:
    """Read a Statuspage's ``/api/v2/summary.json`` (Proton, Zoom, GitHub, Mailgun and many others)."""
    page = json.loads(body)
    return [
        _Entry(
            id=str(one["id"]),
            title=str(one["name"]),
            service=str(page["page"]["name"]),
            status=str(one["status"]),
            start=one.get("started_at") or one.get("created_at"),
            link=str(one.get("shortlink") or ""),
            posts=[
                (update.get("created_at"), update.get("body")) for update in reversed(one.get("incident_updates") or [])
            ],
        ).issue()
        for one in _list(page["incidents"])
    ]


def instatus(body: bytes) -> list[Issue]:
    """Read an Instatus page's ``summary.json`` (Fastmail and others); it leaves out the lists that are empty."""
    page = json.loads(body)
    name = str(page["page"]["name"])
    return [
        _Entry(
            id=str(one.get("url") or one["name"]),
            title=str(one["name"]),
            service=name,
            status=str(one["status"]),
            start=_javascript(str(one.get("started", ""))),
            link=str(one.get("url") or ""),
            posts=[],
        ).issue()
        for one in _list(page.get("activeIncidents") or [])
    ]


def aws(body: bytes) -> list[Issue]:
    """Read AWS' ``currentevents``, which is UTF-16; status 0 is over and 1 is news."""
    return [
        _Entry(
            id=str(one["arn"]),
            title=str(one["summary"]),
            service=str(one.get("service_name") or one.get("service") or "AWS"),
            status={"2": "degraded", "3": "major"}.get(str(one["status"]), str(one["status"])),
            start=_seconds(one.get("date")),
            posts=[(_seconds(entry.get("timestamp")), entry.get("message")) for entry in one.get("event_log") or ()],
        ).issue()
        for one in _list(json.loads(body))
        if int(one["status"]) > AWS_INFORMATION
    ]


def rss(body: bytes) -> list[Issue]:
    """Read an RSS feed (Azure, Zoho, SES); Microsoft's has a standing item whose status says that all is well."""
    # Entities would let a feed grow without bound; no feed needs a document type.
    if b"<!DOCTYPE" in body.replace(b"\0", b""):
        raise ValueError("a feed with a document type")
    channel = ET.fromstring(body).find("channel")  # noqa: S314  # document types are refused above
    if channel is None:
        raise ValueError("no RSS channel")
    return [
        _item(item, _field(channel, "title")) for item in channel.findall("item")[:MOST_ITEMS] if not _is_well(item)
    ]


def _item(item: ET.Element, service: str) -> Issue:
    when = _mail_date(_field(item, "pubDate"))
    title = _text(_field(item, "title"))
    return _Entry(
        id=_field(item, "guid") or _field(item, "link") or title,
        title=title,
        service=service,
        status=_field(item, "status") or "reported",
        start=when,
        link=_field(item, "link"),
        posts=[(when, _field(item, "description"))],
    ).issue()


def _is_well(item: ET.Element) -> bool:
    return item.find("status") is not None and _field(item, "status").lower() in MICROSOFT_WELL


READERS: Mapping[str, Reader] = {
    "microsoft": microsoft,
    "google": google,
    "slack": slack,
    "statuspage": statuspage,
    "instatus": instatus,
    "aws": aws,
    "rss": rss,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What all status pages have in common; ``posts`` are pairs of time and text, oldest first."""

    id: str
    title: str
    service: str
    status: str
    posts: Iterable[tuple[object, object]]
    start: object = None
    link: str = ""

    def issue(self) -> Issue:
        """Put it in the shape of a serviceHealthIssue."""
        dated = [(str(at), str(text)) for at, text in self.posts if at and text]
        first = str(self.start) if self.start else (dated[0][0] if dated else None)
        return {
            "id": self.id,
            "title": self.title,
            "service": self.service,
            "status": self.status,
            "classification": "incident",
            "origin": "thirdParty",
            "isResolved": False,
            "impactDescription": self.title,
            "startDateTime": first,
            "endDateTime": None,
            "lastModifiedDateTime": dated[-1][0] if dated else first,
            "webUrl": self.link,
            "posts": [
                {"createdDateTime": at, "description": {"contentType": "html", "content": text}} for at, text in dated
            ],
        }


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("no list of incidents")
    return value[:MOST_ITEMS]


def _field(element: ET.Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _text(markup: object) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]{0,1000}>", " ", str(markup or ""))).split())


def _javascript(text: str) -> str | None:
    match = JAVASCRIPT.match(text)
    if match is None:
        return None
    return datetime.strptime(f"{match[1]} {match[2]}", "%b %d %Y %H:%M:%S %z").astimezone(UTC).isoformat()


def _mail_date(text: str) -> str | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC).isoformat()
    except (ValueError, TypeError):
        return None


def _seconds(value: object) -> str | None:
    return datetime.fromtimestamp(int(str(value)), UTC).isoformat() if value else None
