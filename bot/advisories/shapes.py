"""Every shape that advisories come in, brought to the one of Graph's ``serviceHealthIssue``."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.advisories.clean import line, plain

Object: TypeAlias = Mapping[str, object]
MICROSOFT = "microsoft"
GOOGLE = "Google Workspace"
SLACK = "Slack"
MOST_DEPTH = 8
"""Of lists and objects inside one another; a page of overviews with their issues has four."""
_OVERVIEW = frozenset(("id", "service", "status"))
_WELL = frozenset(("available", "operational", "", "unknown"))


@dataclass(frozen=True, slots=True)
class Listed:
    """An advisory as Graph would give it, and whose it is."""

    source: str
    issue: Object


def listed(document: object, *, source: str = MICROSOFT, depth: int = MOST_DEPTH) -> Iterator[Listed]:
    """Give the advisories of a Graph issue, list or page, or of a public status page (none where all is well)."""
    if isinstance(document, list) and depth:
        for item in document:
            yield from listed(item, source=source, depth=depth - 1)
    elif isinstance(document, Mapping):
        yield from _object(document, source=source, depth=depth)


def _object(document: Object, *, source: str, depth: int) -> Iterator[Listed]:
    shape = next((shape for key, also, shape in _SHAPES if key in document and also in document), None)
    if shape is not None:
        yield from shape(document)
    elif isinstance(inner := document.get("value", document.get("issues")), list) and "posts" not in document:
        yield from listed(inner, source=source, depth=depth - 1)
    elif {key for key in document if not key.startswith("@")} != _OVERVIEW:
        yield Listed(source, document)


def _admin_post(post: Object) -> Iterator[Listed]:
    """Read a post of status.cloud.microsoft; its guid changes with every word, so it is no id."""
    if line(post.get("Status")).lower() in _WELL:
        return
    name = line(post.get("ServiceDisplayName")) or "Microsoft 365 admin center"
    note = {"createdDateTime": post.get("AuthoredDateTime"), "description": plain(post.get("Message"))}
    status = line(post.get("Status"))
    yield Listed(
        MICROSOFT,
        {
            "id": f"status-{name.lower().replace(' ', '-')}",
            "title": line(post.get("Title")) or f"{status}: {name}",
            "service": name,
            "status": status.title().replace(" ", ""),
            "isResolved": status.lower() == "service restored",
            "startDateTime": post.get("AuthoredDateTime"),
            "lastModifiedDateTime": post.get("InternalDateTime"),
            "posts": [note],
        },
    )


def _statuspage(page: Object) -> Iterator[Listed]:
    """Read the summary of an Atlassian Statuspage."""
    source = _page_name(page)
    for incident in _objects(page.get("incidents")):
        yield Listed(
            source,
            {
                "id": incident.get("id"),
                "title": incident.get("name"),
                "service": _named(source, incident.get("components")),
                "status": incident.get("status"),
                "isResolved": incident.get("resolved_at") is not None,
                "startDateTime": incident.get("started_at") or incident.get("created_at"),
                "endDateTime": incident.get("resolved_at"),
                "lastModifiedDateTime": incident.get("updated_at"),
                "posts": _notes(incident.get("incident_updates"), at="created_at", text="body"),
            },
        )


def _instatus(page: Object) -> Iterator[Listed]:
    """Read the summary of an Instatus page."""
    source = _page_name(page)
    for incident in _objects(page.get("activeIncidents")):
        yield Listed(
            source,
            {
                "id": line(incident.get("url")).rstrip("/").rpartition("/")[2],
                "title": incident.get("name"),
                "service": source,
                "status": incident.get("status"),
                "isResolved": line(incident.get("status")).upper() == "RESOLVED",
                "startDateTime": incident.get("started"),
            },
        )


def _google(incident: Object) -> Iterator[Listed]:
    """Read an incident of the Google Workspace status dashboard; it is open until it has an end."""
    text = plain(incident.get("external_desc"))
    products = _named(line(incident.get("service_name")), incident.get("affected_products"))
    yield Listed(
        GOOGLE,
        {
            "id": incident.get("id"),
            "title": next((words for words in text.splitlines() if not words.startswith(("**", "#"))), text),
            "impactDescription": text,
            "service": products,
            "status": incident.get("status_impact"),
            "isResolved": bool(incident.get("end")),
            "startDateTime": incident.get("begin"),
            "endDateTime": incident.get("end"),
            "lastModifiedDateTime": incident.get("modified"),
            "posts": _notes(incident.get("updates"), at="created", text="text"),
        },
    )


def _slack(answer: Object) -> Iterator[Listed]:
    """Read Slack's current status."""
    for incident in _objects(answer.get("active_incidents")):
        yield Listed(
            SLACK,
            {
                "id": f"slack-{line(incident.get('id'))}",
                "title": incident.get("title"),
                "service": SLACK,
                "status": incident.get("status"),
                "isResolved": line(incident.get("status")).lower() in ("resolved", "completed"),
                "startDateTime": incident.get("date_created"),
                "lastModifiedDateTime": incident.get("date_updated"),
                "posts": _notes(incident.get("notes"), at="date_created", text="body"),
            },
        )


# Two keys that only this shape has together.
_SHAPES: tuple[tuple[str, str, Callable[[Object], Iterator[Listed]]], ...] = (
    ("Message", "AuthoredDateTime", _admin_post),
    ("page", "incidents", _statuspage),
    ("page", "activeIncidents", _instatus),
    ("page", "activeMaintenances", _instatus),
    ("external_desc", "begin", _google),
    ("active_incidents", "date_created", _slack),
)


def _objects(value: object) -> Iterable[Object]:
    return (item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()


def _page_name(document: Object) -> str:
    page = document.get("page")
    return (line(page.get("name")) if isinstance(page, Mapping) else "") or "status page"


def _named(first: str, things: object) -> str:
    """Join the names of products or components, so that rules see whether mail is among them."""
    names = (line(thing.get("name", thing.get("title"))) for thing in _objects(things))
    return ", ".join(dict.fromkeys(filter(None, (first, *names))))


def _notes(value: object, *, at: str, text: str) -> Sequence[Object]:
    return [{"createdDateTime": note.get(at), "description": note.get(text)} for note in _objects(value)]
