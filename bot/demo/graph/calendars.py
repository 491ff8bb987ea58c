"""Calendars as Graph serves them: entries, and what others are shown of them."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Event: TypeAlias = dict[str, Any]
Refuse: TypeAlias = Callable[[int, str, str], Response]

_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata"
_FILTER = re.compile(r"startswith\(subject,'((?:[^']|'')*)'\)")
_DIGITS = {"free": "0", "tentative": "1", "busy": "2", "oof": "3", "workingElsewhere": "4"}
_LONGEST = timedelta(days=62)
_WORK = {
    "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
    "startTime": "08:00:00.0000000",
    "endTime": "17:00:00.0000000",
    "timeZone": {"name": "UTC"},
}


class Calendars:
    """The calendars of some mailboxes; what is shown of them can be frozen, and each can be out of reach."""

    def __init__(self, refuse: Refuse) -> None:
        """Begin without a mailbox; ``refuse`` makes Graph's errors of status, code and message."""
        self._refuse = refuse
        self._events: dict[str, dict[str, Event]] = {}
        self._frozen: dict[str, dict[str, Event]] | None = None
        self._unreachable: dict[str, tuple[str, str]] = {}
        self._made = 0

    def open(self, address: str) -> None:
        """Let there be a mailbox with an empty calendar."""
        self._events[address] = {}

    def entries(self, address: str) -> tuple[Event, ...]:
        """Give what stands in a calendar."""
        return tuple(self._events[address].values())

    def freeze(self) -> None:
        """Show others from now on what stood in the calendars at this moment, as in July 2023."""
        self._frozen = deepcopy(self._events)

    def thaw(self) -> None:
        """Show others what stands in the calendars."""
        self._frozen = None

    def fail(self, address: str, code: str, message: str = "") -> None:
        """Answer lookups of a calendar with an error of its own, in an answer that is a success; no code ends it."""
        self._unreachable[address] = (code, message)

    def routes(self) -> list[Route]:
        """Give the addresses below ``/users``."""
        return [
            Route("/{user}/events", self._list),
            Route("/{user}/calendar/events", self._make, methods=["POST"]),
            Route("/{user}/calendar/getSchedule", self._get_schedule, methods=["POST"]),
            Route("/{user}/events/{event_id}", self._change, methods=["PATCH"]),
            Route("/{user}/events/{event_id}", self._remove, methods=["DELETE"]),
            Route("/{user}/events/{event_id}/permanentDelete", self._remove, methods=["POST"]),
        ]

    async def _list(self, request: Request) -> Response:
        mine = self._events.get(request.path_params["user"])
        wanted = _FILTER.fullmatch(request.query_params.get("$filter", "startswith(subject,'')"))
        if mine is None or wanted is None:
            return self._no_user() if mine is None else self._refuse(400, "BadRequest", "Invalid filter clause.")
        beginning = wanted[1].replace("''", "'")
        rows = [one for one in mine.values() if str(one["subject"]).startswith(beginning)]
        return JSONResponse({"@odata.context": f"{_CONTEXT}#users/events", "value": rows})

    async def _make(self, request: Request) -> Response:
        mine = self._events.get(request.path_params["user"])
        if mine is None:
            return self._no_user()
        self._made += 1
        event = {**_event(f"AAMk{self._made:08}="), **_utc(await request.json())}
        mine[event["id"]] = event
        return JSONResponse({"@odata.context": f"{_CONTEXT}#users/events/$entity", **event}, status_code=201)

    async def _change(self, request: Request) -> Response:
        event = self._events.get(request.path_params["user"], {}).get(request.path_params["event_id"])
        if event is None:
            return self._refuse(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        event.update(_utc(await request.json()))
        return JSONResponse({"@odata.context": f"{_CONTEXT}#users/events/$entity", **event})

    async def _remove(self, request: Request) -> Response:
        mine = self._events.get(request.path_params["user"], {})
        if mine.pop(request.path_params["event_id"], None) is None:
            return self._refuse(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        return Response(status_code=204)

    async def _get_schedule(self, request: Request) -> Response:
        if request.path_params["user"] not in self._events:
            return self._no_user()
        asked = await request.json()
        since, until = _read(asked["startTime"]), _read(asked["endTime"])
        if not since < until <= since + _LONGEST:
            return self._refuse(400, "ErrorInvalidTimeInterval", "The requested time duration is not valid.")
        step = timedelta(minutes=asked.get("availabilityViewInterval") or 30)
        value = [self._schedule(address, since, until, step) for address in asked["schedules"]]
        context = f"{_CONTEXT}#Collection(microsoft.graph.scheduleInformation)"
        return JSONResponse({"@odata.context": context, "value": value})

    def _schedule(self, address: str, since: datetime, until: datetime, step: timedelta) -> Event:
        code, message = self._unreachable.get(address, ("", ""))
        shown = (self._events if self._frozen is None else self._frozen).get(address)
        if address not in self._events:
            code, message = "ErrorMailRecipientNotFound", f"Unable to resolve e-mail address {address} to an object."
        if code:
            error = {"message": message, "responseCode": code}
            return {"scheduleId": address, "availabilityView": "", "scheduleItems": [], "error": error}
        items = [one for one in (shown or {}).values() if _read(one["start"]) < until and _read(one["end"]) > since]
        return {
            "scheduleId": address,
            "availabilityView": _view(items, since, until, step),
            "scheduleItems": [{"status": one["showAs"], "start": one["start"], "end": one["end"]} for one in items],
            "workingHours": _WORK,
        }

    def _no_user(self) -> Response:
        return self._refuse(404, "ErrorInvalidUser", "The requested user is invalid.")


def _event(key: str) -> Event:
    return {
        "id": key,
        "isAllDay": False,
        "isCancelled": False,
        "isReminderOn": True,
        "sensitivity": "normal",
        "showAs": "busy",
        "subject": "",
        "type": "singleInstance",
    }


def _utc(given: Mapping[str, Any]) -> Event:
    """Give the fields as they are kept: times in UTC, as an answer shows them."""
    times = {name: _written(_read(given[name])) for name in ("start", "end") if name in given}
    return {**given, **times}


def _read(moment: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(moment["dateTime"].partition(".")[0]).replace(tzinfo=UTC)


def _written(moment: datetime) -> dict[str, str]:
    return {"dateTime": f"{moment:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}


def _view(items: list[Event], since: datetime, until: datetime, step: timedelta) -> str:
    """Write a digit for each interval: the busiest that falls into it."""
    digits = []
    for number in range(-(-(until - since) // step)):
        start = since + number * step
        here = [one for one in items if _read(one["start"]) < start + step and _read(one["end"]) > start]
        digits.append(max((_DIGITS.get(one["showAs"], "0") for one in here), default="0"))
    return "".join(digits)
