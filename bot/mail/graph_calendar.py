"""The calendar of a mailbox over Microsoft Graph: a test entry in it, and what others are shown of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from bot.mail.graph_mail import GraphMailbox
from bot.mail.letters import TAG
from bot.mail.probes import Probe, Seal
from bot.microsoft import Call, GraphError, object_of

SUBJECT = f"{TAG} Test entry, not a meeting"
BODY = """\
This is a test entry. Nobody needs to come, and nobody needs to keep the time free.

mailstatus makes one from time to time, moves it and looks up what others are shown, to know whether calendars are up to
date. It is removed by itself. If it is still here after its time, remove it.
"""
LENGTH = timedelta(minutes=30)
UTC_PLEASE = {"Prefer": 'IdType="ImmutableId", outlook.timezone="UTC"'}
# Times are written and asked for in UTC, so that no daylight saving moves them; Exchange has two names for it.
UTC_NAMES = {"UTC", "Etc/UTC", "tzone://Microsoft/Utc"}
OURS = {
    "$filter": f"startswith(subject,'{SUBJECT}')",
    "$select": "id,subject,start",
    "$top": "50",
}
WRITE, LOOK_UP = "Calendars.ReadWrite", "Calendars.Read"
NOT_FOUND = 404

NOBODY = frozenset({"ErrorMailRecipientNotFound", "ErrorInvalidSmtpAddress", "ErrorNonExistentMailbox"})
SHUT = frozenset({"ErrorNoFreeBusyAccess", "ErrorAccessDenied", "ErrorPublicFolderRequestProcessingFailed"})
BUSY = frozenset({"ErrorServerBusy", "ErrorExceededConnectionCount", "ErrorTooManyRequests"})


class CalendarError(Exception):
    """A calendar that cannot be written or looked up, as one sentence that is safe to show and says what to do."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        """Keep the sentence, and how long to wait where Graph says it."""
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One of our test entries; ``change`` is what was done to it last, by the token in its subject."""

    key: str
    change: Probe
    start: datetime


class GraphCalendar:
    """Writes test entries to one mailbox's calendar, and looks them up from another one, or from the same."""

    def __init__(self, owner: GraphMailbox, viewer: GraphMailbox, *, address: str, seal: Seal) -> None:
        """Take the mailbox that is written to, with its address, and the one that looks up."""
        self._owner = owner
        self._viewer = viewer
        self._address = address
        self._seal = seal

    async def entries(self) -> Sequence[Entry]:
        """List the test entries that bear our signature, those of others left alone; raises CalendarError."""
        call = Call(method="GET", path="events", params=OURS, headers=UTC_PLEASE, permission=WRITE)
        try:
            rows = [row async for row in self._owner.pages(call)]
        except GraphError as error:
            raise _error(error) from error
        return [entry for row in rows if (entry := self._entry(row))]

    async def make(self, change: Probe, start: datetime) -> Entry:
        """Make an entry of half an hour, busy and without a reminder; raises CalendarError."""
        new = {
            **self._changed(change, start),
            "body": {"contentType": "text", "content": BODY},
            "showAs": "busy",
            "isReminderOn": False,
        }
        call = Call(
            method="POST", path="calendar/events", json=new, headers=UTC_PLEASE, permission=WRITE, repeatable=False
        )
        return Entry(key=str(_object(await self._written(call)).get("id")), change=change, start=start)

    async def move(self, entry: Entry, change: Probe, start: datetime) -> Entry:
        """Move an entry to another time; raises CalendarError."""
        path = f"events/{quote(entry.key, safe='')}"
        moved = self._changed(change, start)
        await self._written(Call(method="PATCH", path=path, json=moved, headers=UTC_PLEASE, permission=WRITE))
        return Entry(key=entry.key, change=change, start=start)

    async def remove(self, entry: Entry) -> None:
        """Remove an entry for good; raises CalendarError unless it is gone already."""
        try:
            await self._owner.erase(f"events/{quote(entry.key, safe='')}", permission=WRITE)
        except GraphError as error:
            if error.status != NOT_FOUND:
                raise _error(error) from error

    async def shown(self, since: datetime, until: datetime) -> frozenset[datetime]:
        """Look up when the busy times between two moments begin, as the viewer is shown them; raises CalendarError."""
        asked = {
            "schedules": [self._address],
            "startTime": _when(since),
            "endTime": _when(until),
            "availabilityViewInterval": 30,
        }
        call = Call(method="POST", path="calendar/getSchedule", json=asked, headers=UTC_PLEASE, permission=LOOK_UP)
        try:
            answer = await self._viewer.call(call)
        except GraphError as error:
            raise _error(error) from error
        return _busy(self._schedule(_object(answer)))

    async def _written(self, call: Call) -> bytes:
        try:
            return await self._owner.call(call)
        except GraphError as error:
            raise _error(error) from error

    def _changed(self, change: Probe, start: datetime) -> dict[str, object]:
        return {
            "subject": f"{SUBJECT} ({self._seal.token(change)})",
            "start": _when(start),
            "end": _when(start + LENGTH),
        }

    def _entry(self, row: Mapping[str, Any]) -> Entry | None:
        change = self._seal.find(str(row.get("subject") or ""))
        start = _moment(row.get("start"))
        return Entry(key=str(row.get("id")), change=change, start=start) if change and start else None

    def _schedule(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give what the answer says of our calendar: a schedule may fail although the answer is a success."""
        listed = answer.get("value")
        found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        if not found:
            raise CalendarError(f"Graph said nothing of the calendar of {self._address}.")
        fault = found[0].get("error")
        if isinstance(fault, dict) and (fault.get("responseCode") or fault.get("message")):
            raise CalendarError(self._said(str(fault.get("responseCode") or ""), str(fault.get("message") or "")))
        return found[0]

    def _said(self, code: str, message: str) -> str:
        said = f" Graph said: {code} {message}".rstrip()
        if code in NOBODY:
            return f"There is no calendar of {self._address}. Check the mailbox's address.{said}"
        if code in SHUT:
            allow = (
                rf"Set-MailboxFolderPermission '{self._address}:\Calendar' -User Default -AccessRights AvailabilityOnly"
            )
            return f"The calendar of {self._address} may not be looked up. Allow it: {allow}.{said}"
        if code in BUSY:
            return f"Looking up the calendar of {self._address} is throttled. Look it up less often.{said}"
        return f"Exchange cannot look up the calendar of {self._address}.{said}"


def _error(error: GraphError) -> CalendarError:
    return CalendarError(str(error), retry_after=error.retry_after)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        return object_of(content)
    except GraphError as error:
        raise _error(error) from error


def _when(at: datetime) -> dict[str, str]:
    return {"dateTime": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}


def _moment(value: object) -> datetime | None:
    """Read a moment that says that it is UTC; another zone was not asked for."""
    if not isinstance(value, dict) or str(value.get("timeZone")) not in UTC_NAMES:
        return None
    try:
        # Graph writes seven digits of a second's fraction; whole seconds are enough.
        return datetime.fromisoformat(str(value.get("dateTime")).partition(".")[0].removesuffix("Z")).replace(
            tzinfo=UTC
        )
    except ValueError:
        return None


def _busy(schedule: Mapping[str, Any]) -> frozenset[datetime]:
    items = schedule.get("scheduleItems")
    if not isinstance(items, list):
        raise CalendarError("Graph gave no entries of the calendar, though no error either.")
    busy = [item for item in items if isinstance(item, dict) and item.get("status") == "busy"]
    starts = [_moment(item.get("start")) for item in busy]
    if None in starts:
        raise CalendarError("Graph gave the times of the calendar in another form than UTC.")
    return frozenset(start for start in starts if start)
