"""The watcher of calendars against the stand-in over loopback, each request and answer held to the contract."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.app.doctor import prove_calendar
from bot.demo.authority import Authority, make_authority
from bot.demo.faults import html_answer
from bot.demo.graph import Graph, Registration, Tokens, forbidden, throttled, unavailable
from bot.demo.served import served
from bot.mail import CalendarError, GraphCalendar, GraphMailbox, Probe, Seal
from bot.microsoft import ClientSecret, EntraApp, EntraTokens, GraphClient, open_http
from bot.types import CalendarSeen, Observation, SourceBack, SourceBlind
from bot.watch import FreeBusy, Habit
from tests.mail.worlds import SEAL, StillClock, chance
from tests.microsoft.contract import check
from tests.microsoft.fake_graph import FakeGraph

OWNER, VIEWER = "canary@contoso.com", "viewer@contoso.com"
REGISTRATION = Registration(tenant_id="11111111-2222-4333-8444-555555555555", client_id="app", client_secret="s3cret")
EVERY, LIMIT, POLL = timedelta(minutes=5), timedelta(minutes=10), timedelta(seconds=30)
HABIT = Habit(every=EVERY, limit=LIMIT)
SEVEN_DIGITS = {"dateTime": "2026-12-13T03:00:00.0000000", "timeZone": "UTC"}


@dataclass
class Office:
    """A Graph with two mailboxes, and what writes to the one and looks from the other."""

    graph: Graph
    client: GraphClient
    clock: StillClock
    asked: list[httpx.Request]
    watch: FreeBusy

    def calendar(self, *, address: str = OWNER, viewer: str = VIEWER, seal: Seal = SEAL) -> GraphCalendar:
        """Give the calendar, as another process would."""
        return GraphCalendar(
            GraphMailbox(self.client, OWNER), GraphMailbox(self.client, viewer), address=address, seal=seal
        )

    def watching(self, calendar: GraphCalendar, name: str = "office") -> FreeBusy:
        """Begin to watch, as another process would."""
        return FreeBusy(name, calendar, HABIT, clock=self.clock, chance=chance())

    async def look(self, after: timedelta = timedelta()) -> list[Observation]:
        """Look after a time."""
        self.clock.time += after
        return list(await self.watch.look(self.clock.now()))

    @property
    def entries(self) -> list[str]:
        """Give the subjects of what stands in the calendar."""
        return [str(one["subject"]) for one in self.graph.calendars.entries(OWNER)]

    @property
    def calls(self) -> list[str]:
        """Give what was asked of the calendars, without the addresses."""
        return [f"{one.method} {one.url.path.split('/', 4)[4].split('/AAMk')[0]}" for one in self.asked]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Make certificates that are good now."""
    return make_authority(tmp_path_factory.mktemp("authority"), today=datetime.fromtimestamp(time.time(), UTC))


@pytest.fixture
async def office(authority: Authority) -> AsyncIterator[Office]:
    """Serve two mailboxes with empty calendars."""
    clock, asked = StillClock(), list[httpx.Request]()
    graph = Graph(clock=clock, tokens=Tokens(REGISTRATION, rng=chance()))
    for address in (OWNER, VIEWER):
        graph.calendars.open(address)

    async def held(answer: httpx.Response) -> None:
        await answer.aread()
        asked.append(answer.request)
        if answer.is_success and "json" in answer.headers.get("Content-Type", "json"):
            check(answer.request, answer)

    async with served(graph.app(), authority=authority) as port, open_http(authority.ca_file) as http:
        http.event_hooks = {"response": [held]}
        client = GraphClient(http, _tokens(port, authority.ca_file), clock=clock, chance=chance(), base=_base(port))
        calendar = GraphCalendar(GraphMailbox(client, OWNER), GraphMailbox(client, VIEWER), address=OWNER, seal=SEAL)
        watch = FreeBusy("office", calendar, HABIT, clock=clock, chance=chance(), tenant="t")
        yield Office(graph=graph, client=client, clock=clock, asked=asked, watch=watch)


def _base(port: int) -> str:
    return f"https://localhost:{port}/v1.0"


def _tokens(port: int, ca_file: Path) -> EntraTokens:
    return EntraTokens(
        EntraApp(
            credential=ClientSecret(secret=SecretStr("s3cret")),
            tenant=REGISTRATION.tenant_id,
            client_id="app",
            login=f"https://localhost:{port}",
            ca_bundle=ca_file,
        )
    )


async def test_a_round_makes_moves_and_removes_an_entry_and_sees_each_change(office: Office) -> None:
    """Where all is well it takes one look, and leaves nothing behind."""
    made, moved = await office.look()
    assert isinstance(made, CalendarSeen)
    assert isinstance(moved, CalendarSeen)
    assert (made.fresh, moved.fresh, made.tenant, made.calendar, made.limit_seconds) == (True, True, "t", "office", 600)
    assert made.change != moved.change
    assert office.calls == [
        "GET events",
        "POST calendar/events",
        "POST calendar/getSchedule",
        "PATCH events",
        "POST calendar/getSchedule",
        "POST events",
    ]
    assert office.asked[2].url.path == f"/v1.0/users/{VIEWER}/calendar/getSchedule"
    assert office.asked[-1].url.path.endswith("/permanentDelete")
    assert office.entries == []


async def test_the_entry_says_what_it_is_and_disturbs_nobody(office: Office) -> None:
    """Half an hour on a Sunday two weeks ahead, busy so that it is seen, without a reminder and without guests."""
    office.graph.calendars.freeze()
    await office.look()
    (entry,) = office.graph.calendars.entries(OWNER)
    assert entry["subject"].startswith("[mailstatus] Test entry, not a meeting (ms1.")
    assert entry["body"]["content"].startswith("This is a test entry. Nobody needs to come")
    assert (entry["showAs"], entry["isReminderOn"], entry["sensitivity"]) == ("busy", False, "normal")
    assert "attendees" not in entry
    start, end = (datetime.fromisoformat(entry[key]["dateTime"][:19]) for key in ("start", "end"))
    assert end - start == timedelta(minutes=30)
    assert start.weekday() == 6
    assert timedelta(days=13) < start - office.clock.now().replace(tzinfo=None) < timedelta(days=21)
    assert start.hour < 6


async def test_the_next_round_waits_its_time(office: Office) -> None:
    """And begins at another minute, so that what is shown of the old entry cannot pass for the new one."""
    await office.look()
    asked = len(office.asked)
    assert await office.look(EVERY - POLL) == []
    assert len(office.asked) == asked
    assert len(await office.look(POLL)) == 2
    starts = [one.content for one in office.asked if one.url.path.endswith("/calendar/events")]
    assert len(set(starts)) == 2


async def test_old_times_are_seen_while_they_are_shown_and_the_change_once_it_is(office: Office) -> None:
    """The same change grows older from look to look; the entry waits for it."""
    await office.look()
    office.graph.calendars.freeze()
    seen = [one for _ in range(4) for one in await office.look(EVERY)]
    ages = [(one.change, one.age_seconds, one.fresh) for one in seen if isinstance(one, CalendarSeen)]
    first = ages[0][0]
    assert ages == [(first, 0, False), (first, 300, False), (first, 600, False), (first, 900, False)]
    assert len(office.entries) == 1
    office.graph.calendars.thaw()
    late, moved = await office.look(POLL)
    assert isinstance(late, CalendarSeen)
    assert isinstance(moved, CalendarSeen)
    assert (late.change, late.age_seconds, late.fresh) == (first, 930, True)
    assert moved.fresh
    assert office.entries == []


async def test_a_move_that_is_not_shown_is_stale_although_the_entry_was(office: Office) -> None:
    """As in July 2023: calendars show old times."""

    async def freeze(request: httpx.Request) -> None:
        if request.method == "PATCH":
            office.graph.calendars.freeze()

    office.client._http.event_hooks["request"] = [freeze]
    made, moved = await office.look()
    assert isinstance(made, CalendarSeen)
    assert isinstance(moved, CalendarSeen)
    assert (made.fresh, moved.fresh) == (True, False)


async def test_a_change_that_is_never_shown_is_given_up_and_another_one_tried(office: Office) -> None:
    """What got lost for good must not hide that later changes are shown."""
    office.graph.calendars.freeze()
    (first,) = await office.look()
    (second,) = await office.look(2 * LIMIT)
    assert isinstance(first, CalendarSeen)
    assert isinstance(second, CalendarSeen)
    assert first.change != second.change
    assert second.age_seconds == 0
    assert len(office.entries) == 1


async def test_a_killed_process_leaves_an_entry_that_the_next_one_goes_on_with(office: Office) -> None:
    """The entry itself says what was done to it, and when."""
    office.graph.calendars.freeze()
    (before,) = await office.look()
    office.graph.calendars.thaw()
    office.clock.time += POLL
    seen = await office.watching(office.calendar()).look(office.clock.now())
    assert isinstance(before, CalendarSeen)
    assert next((one.change, one.age_seconds) for one in seen if isinstance(one, CalendarSeen)) == (before.change, 30)
    assert office.entries == []


async def test_leftovers_are_removed_and_nothing_else_is_touched(office: Office) -> None:
    """Two entries of ours from long ago; one of a person, one of another installation, one with a forged token."""
    ours, other = office.calendar(), office.calendar(seal=Seal(SecretStr("another installation's secret")))
    long_ago = Probe(id="00" * 8, route="calendar:office", sent=office.clock.now() - timedelta(days=3))
    for calendar in (ours, ours, other):
        await calendar.make(long_ago, office.clock.now() + timedelta(days=11))
    await ours.make(Probe(id="11" * 8, route="calendar:lab", sent=office.clock.now()), office.clock.now())
    token = SEAL.token(long_ago)
    theirs = {"subject": "[mailstatus] review", "start": SEVEN_DIGITS, "end": SEVEN_DIGITS}
    forged = {**theirs, "subject": f"[mailstatus] Test entry, not a meeting ({token[:-4]}AAAA)"}
    for body in (theirs, forged):
        await office.client._http.post(
            f"{office.client._base}/users/{OWNER}/calendar/events",
            json=body,
            headers={"Authorization": office.asked[-1].headers["Authorization"]},
        )
    seen = await office.look()
    assert all(isinstance(one, CalendarSeen) and one.fresh for one in seen)
    assert len(office.entries) == 4
    assert {"[mailstatus] review", forged["subject"]} < set(office.entries)
    await office.watch.tidy()
    assert len(office.entries) == 4


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("ErrorMailRecipientNotFound", "There is no calendar of", id="no such mailbox"),
        pytest.param("ErrorNoFreeBusyAccess", "-User Default -AccessRights AvailabilityOnly", id="not shared"),
        pytest.param("ErrorServerBusy", "throttled", id="throttled"),
        pytest.param("ErrorProxyRequestProcessingFailed", "Exchange cannot look up", id="Exchange cannot reach it"),
        pytest.param("ErrorSomethingNew", "ErrorSomethingNew", id="unknown"),
    ],
)
async def test_an_error_of_one_schedule_in_a_success_is_blindness_with_what_to_do(
    office: Office, code: str, words: str
) -> None:
    """HTTP 200 can still hold it; it is told once, and its end as well."""
    office.graph.calendars.fail(OWNER, code, "The words of Exchange")
    (blind,) = await office.look()
    assert isinstance(blind, SourceBlind)
    assert blind.source == "calendar:office"
    assert words in blind.error
    assert f"{code} The words of Exchange" in blind.error
    assert not office.watch.readable
    assert await office.look(POLL) == []
    office.graph.calendars.fail(OWNER, "")
    back, *seen = await office.look(POLL)
    assert isinstance(back, SourceBack)
    assert all(isinstance(one, CalendarSeen) and one.fresh for one in seen)
    assert office.entries == []


async def test_a_viewer_that_looks_up_nobody_is_told_so(office: Office) -> None:
    """The address in the settings may be wrong."""
    watch = office.watching(office.calendar(address="nobody@contoso.com"))
    (blind,) = await watch.look(office.clock.now())
    assert isinstance(blind, SourceBlind)
    assert "There is no calendar of nobody@contoso.com" in blind.error


@pytest.mark.parametrize(
    ("path", "permission"),
    [("/calendar/events", "Calendars.ReadWrite"), ("/getSchedule", "Calendars.Read")],
)
async def test_a_missing_permission_is_named_with_the_command_that_grants_it(
    office: Office, path: str, permission: str
) -> None:
    """For these mailboxes alone, never for the whole tenant."""
    office.graph.faults.switch_on(forbidden(), path=path)
    (blind,) = await office.look()
    assert isinstance(blind, SourceBlind)
    assert f"New-ManagementRoleAssignment -App app -Role 'Application {permission}'" in blind.error
    assert "CustomResourceScope" in blind.error


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param(unavailable(), "503", id="unavailable"),
        pytest.param(html_answer(), "not JSON", id="a page in the way"),
        pytest.param(throttled("120.5"), "429", id="throttled for long"),
    ],
)
async def test_what_graph_cannot_do_is_blindness(office: Office, fault: object, words: str) -> None:
    """Nothing of it says that calendars are old."""
    office.graph.faults.switch_on(fault, path="/getSchedule")  # type: ignore[arg-type]  # one of three kinds
    (blind,) = await office.look()
    assert isinstance(blind, SourceBlind)
    assert words in blind.error
    office.graph.faults.switch_off()
    asked = len(office.asked)
    await office.look(POLL)
    assert (len(office.asked) == asked) == (words == "429")
    assert [type(one) for one in await office.look(timedelta(minutes=3))][:1] != [SourceBlind]


async def test_a_short_throttle_with_a_fraction_of_a_second_is_waited_for(office: Office) -> None:
    """Graph says 2.128 seconds."""
    office.graph.faults.switch_on(throttled(), path="/getSchedule", times=1)
    assert all(isinstance(one, CalendarSeen) and one.fresh for one in await office.look())
    assert any(wait >= timedelta(seconds=2.128) for wait in office.clock.slept)


async def test_calls_to_one_mailbox_share_its_limit_with_its_mail(office: Office) -> None:
    """Four at a time: the calendar waits while four others are under way."""
    owner = GraphMailbox(office.client, OWNER)
    calendar = GraphCalendar(owner, owner, address=OWNER, seal=SEAL)
    for _ in range(4):
        await owner._slots.acquire()
    waiting = asyncio.create_task(calendar.entries())
    for _ in range(10):
        await asyncio.sleep(0)
    assert office.asked == []
    owner._slots.release()
    assert await waiting == []


async def test_the_doctor_proves_a_calendar_by_a_change_that_is_shown(office: Office) -> None:
    """A whole round, and nothing is left."""
    assert str(await prove_calendar("office", office.watch, office.clock)).startswith("ok    calendar office: a change")
    assert office.entries == []


async def test_the_doctor_says_that_a_calendar_shows_old_times_and_takes_its_entry_out(office: Office) -> None:
    """It waits for half a minute."""
    office.graph.calendars.freeze()
    found = str(await prove_calendar("office", office.watch, office.clock))
    assert found.startswith("FAIL  calendar office: no change was shown within 30 s")
    assert office.entries == []


async def test_the_doctor_says_what_mends_a_calendar_that_cannot_be_seen(office: Office) -> None:
    """Also where only taking the entry out fails."""
    office.graph.calendars.freeze()
    office.graph.faults.switch_on(forbidden(), path="/permanentDelete")
    assert "New-ManagementRoleAssignment" in str(await prove_calendar("office", office.watch, office.clock))
    office.graph.faults.switch_off()
    office.graph.calendars.fail(OWNER, "ErrorNoFreeBusyAccess")
    assert "Set-MailboxFolderPermission" in str(await prove_calendar("office", office.watch, office.clock))


async def test_a_blind_calendar_is_remembered_over_a_restart(office: Office) -> None:
    """So that its end does not go unnoticed."""
    office.watch.remember({"calendar:office"})
    assert isinstance((await office.look())[0], SourceBack)
    assert office.watch.name == "calendar:office"


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ({"value": []}, "said nothing"),
        ({"value": [3]}, "said nothing"),
        ({"value": [{"scheduleItems": None}]}, "no entries"),
        ({"value": [{"scheduleItems": [{"status": "busy", "start": {"dateTime": "x", "timeZone": "UTC"}}]}]}, "UTC"),
        (
            {"value": [{"scheduleItems": [{"status": "busy", "start": {**SEVEN_DIGITS, "timeZone": "Tokyo"}}]}]},
            "another form",
        ),
    ],
)
async def test_an_answer_of_another_shape_is_no_calendar(schedule: dict[str, object], words: str) -> None:
    """Nor does it crash."""
    with pytest.raises(CalendarError, match=words):
        await _shown(httpx.Response(200, json=schedule))


async def test_only_busy_times_count_and_seven_digits_are_read() -> None:
    """As live answers write them; what is free or tentative is not our entry."""
    items = [{"status": "busy", "start": SEVEN_DIGITS}, {"status": "free", "start": SEVEN_DIGITS}, "odd"]
    shown = await _shown(httpx.Response(200, json={"value": [{"scheduleItems": items}]}))
    assert shown == {datetime(2026, 12, 13, 3, tzinfo=UTC)}


@pytest.mark.parametrize("content", [b"<html>", b"[]"])
async def test_what_is_no_json_object_is_said(content: bytes) -> None:
    """A proxy may stand in the way."""
    with pytest.raises(CalendarError, match="JSON"):
        await _shown(httpx.Response(200, content=content))


async def _shown(answer: httpx.Response) -> frozenset[datetime]:
    graph = FakeGraph(answer)
    box = GraphMailbox(graph.client, OWNER)
    calendar = GraphCalendar(box, box, address=OWNER, seal=SEAL)
    return await calendar.shown(graph.clock.now(), graph.clock.now() + timedelta(days=1))
