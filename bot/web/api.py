"""The read-only JSON API; imported when somebody first asks for it."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request

from bot.types import Incident
from bot.web.answers import (
    Advisory,
    CalendarStatus,
    DirectionStatus,
    IncidentOut,
    Incidents,
    Measured,
    SourceStatus,
    Status,
    Which,
)
from bot.web.answers_everybody import Everyone, Refused
from bot.web.house import everybody as everybody_of
from bot.web.house import room_of
from bot.web.overview import Overview
from bot.web.site import Site
from bot.web.view import PageView

WANTED = Query(alias="state", description="Only the open ones, or only the past ones.")


def site_of(request: Request) -> Site:
    """Give the page of the company that a request is about."""
    return room_of(request).site


Here = Annotated[Site, Depends(site_of)]

Everybody = Annotated[Overview, Depends(everybody_of)]
OPERATORS: dict[int | str, dict[str, Any]] = {
    403: {"description": "The token is not the operator's.", "model": Refused}
}


def build() -> FastAPI:
    """Make the API over what the page reads."""
    app = FastAPI(
        title="mailstatus",
        description="Whether company mail flows, by test messages and by what the vendor says. Read-only.",
        version="1",
        docs_url=None,
        redoc_url=None,
        root_path_in_servers=True,
    )

    @app.get("/status", summary="How mail is now")
    async def status(site: Here) -> Status:
        """Say how mail is now, by direction, with what to do."""
        snapshot, view = site.snapshot(), site.view()
        return Status(
            at=snapshot.at,
            state=view.verdict.state,
            headline=site.flat(view.verdict.headline),
            advice=site.flat(view.verdict.advice),
            directions=[DirectionStatus.of(now) for now in snapshot.directions],
            calendars=[CalendarStatus.of(now) for now in snapshot.calendars],
            sources=[SourceStatus.of(source) for source in snapshot.sources],
            open_incidents=[incident.id for incident in view.open],
        )

    @app.get("/incidents", summary="Incidents, open and past")
    async def incidents(site: Here, which: Annotated[Which, WANTED] = Which.ALL) -> Incidents:
        """List the incidents that are open, and those resolved in the last seven days."""
        snapshot, view = site.snapshot(), site.view()
        nouns = {incident.id: incident for incident in (*snapshot.open, *snapshot.past)}
        shown = (view.open if which is not Which.PAST else ()) + (view.past if which is not Which.OPEN else ())
        return Incidents(at=snapshot.at, incidents=[_incident(nouns[one.id], view, site) for one in shown])

    @app.get("/overview", summary="What is open at all companies", responses=OPERATORS)
    async def overview(seen: Everybody) -> Everyone:
        """List every fault that any company sees, newest first; for the operator's token alone."""
        return Everyone.of(seen)

    return app


def _incident(incident: Incident, view: PageView, site: Site) -> IncidentOut:
    message = next(one.message for one in (*view.open, *view.past) if one.id == incident.id)
    return IncidentOut(
        id=incident.id,
        began=incident.began,
        opened=incident.opened,
        resolved=incident.resolved,
        severity=incident.severity,
        headline=site.flat(message.headline),
        advice=site.flat(message.advice),
        facts=[site.flat(fact) for fact in message.facts],
        vendor=site.flat(message.vendor),
        basis=site.flat(message.basis),
        measured=[Measured.of(finding) for finding in incident.findings],
        advisories=[Advisory.of(claim) for claim in incident.claims],
        related=list(incident.related),
    )
