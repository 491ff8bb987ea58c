"""What people may type, and what they are answered."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.types import AdvisoryState, Incident, Order, Person, Reported, Severity, Snapshot, SourceNow, Symptom, Verb
from bot.words.answers import Answer
from handlers.asked import Asked
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.saving import Saving
from handlers.slack import answer as slack
from handlers.teams.answer import card
from tests.handlers.examples import NOW, TestClock, claim, finding, healthy, incident, snapshot
from tests.handlers.people import ANA


@dataclass
class Desk:
    """Commands over a snapshot, and what they saved."""

    shows: Snapshot = field(default_factory=snapshot)
    orders: list[Order] = field(default_factory=list)
    reports: list[Reported] = field(default_factory=list)
    by: list[Person] = field(default_factory=list)
    refused: list[Order] = field(default_factory=list)
    clock: TestClock = field(default_factory=TestClock)
    breaks: bool = False
    gate: asyncio.Event | None = None
    managers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Make the commands."""
        orders = Orders(
            snapshot=lambda: self.shows,
            order=self.save,
            report=self.note,
            refused=self.refuse,
            clock=self.clock,
            may=lambda person: person != "U9",
            managers=lambda: self.managers,
            saving=Saving(timedelta(0) if self.gate else timedelta(seconds=1.5)),
        )
        self.commands = Commands(orders=orders)

    async def save(self, order: Order) -> None:
        """Save an order, when the gate is open."""
        if self.gate:
            await self.gate.wait()
        if self.breaks:
            raise OSError("disk full")
        self.orders.append(order)

    async def note(self, reported: Reported, by: Person) -> None:
        """Save a report."""
        self.reports.append(reported)
        self.by.append(by)

    async def refuse(self, order: Order) -> None:
        """Note what somebody may not do."""
        self.refused.append(order)

    async def ask(self, text: str, *, person: str = "U1", language: str = "en") -> Answer:
        """Type something."""
        return await self.commands.answer(
            Asked(text=text, person=replace(ANA, id=person), name="ana", language=language)
        )

    async def press(self, action: str, *, person: str = "U1") -> Answer:
        """Press a button of incident 1."""
        return await self.commands.press(
            action, Asked(text="", person=replace(ANA, id=person), name="ana", incident="1")
        )

    async def says(self, text: str, **more: str) -> str:
        """Read the answer as one string."""
        return slack.text(await self.ask(text, **more))


async def test_nothing_typed_says_what_is_wrong_what_to_do_and_each_direction() -> None:
    """With the last test message's time and age."""
    said = await Desk().says("")
    assert said.startswith("🔴 Sending mail fails.")
    assert "The last test message arrived at 05:06 UTC, 3 minutes ago, and took 4 seconds." in said
    assert "Incoming mail: Arrives as usual." in said


async def test_on_a_good_day_it_says_that_mail_flows_and_what_microsoft_lists() -> None:
    """Both halves."""
    said = await Desk(healthy()).says("")
    assert said.startswith("🟢 Mail is flowing.")
    assert "Microsoft lists no problem with mail." in said


async def test_what_cannot_be_seen_is_no_outage() -> None:
    """And a blind feed is named."""
    blind = [SourceNow(source="microsoft", blind_since=NOW - timedelta(hours=1), error="503")]
    unseen = tuple(
        type(one)(direction=one.direction, symptoms=(Symptom.UNMEASURABLE,)) for one in snapshot().directions
    )
    said = await Desk(snapshot(open=(), directions=unseen, sources=tuple(blind))).says("")
    assert "We cannot see whether mail flows." in said
    assert "503" in said


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("help", "Ask how mail is."),
        ("history", "Since 2023-07-18 05:00 UTC: Outgoing mail: Sending is refused"),
        ("history 3d", "3 days"),
        ("details", "6 of 10 test messages"),
        ("DETAILS 1", "6 of 10 test messages"),
        ("explain EX649175", "unable to send"),
        ("ex649175", "unable to send"),
        ("explain", "Which advisory do you mean?"),
        ("explain EX1", "Which advisory do you mean?"),
        ("explain EX999999", "We do not know EX999999."),
        ("bounced", "Wait with that until we say that it is fixed"),
        ("why did my mail bounce?", "lost until you send it again"),
        ("slow", "Do not send it again"),
        ("is outgoing mail late?", "Do not send it again"),
        ("outbound", "Sending mail fails."),
        ("teams?", "Microsoft lists no problem with Teams."),
        ("blah blah", "I do not know “blah blah”"),
        ("hlep", "Ask how mail is."),
        ("histroy", "7 days"),
        ("history 24h", "1 day"),
        ("last week", "7 days"),
        ("detials", "6 of 10 test messages"),
        ("who is on it?", "6 of 10 test messages"),
        ("expalin ex649175", "unable to send"),
        ("bouncd", "lost until you send it again"),
        ("slwo", "Do not send it again"),
        ("outboud", "Sending mail fails."),
        ("internal", "We send no test messages that way"),
        ("is mail down", "Sending mail fails."),
        ("share", "Sending mail fails."),
    ],
)
async def test_any_words_lead_to_a_useful_answer(typed: str, expected: str) -> None:
    """Commands, and words of a person's own."""
    shows = snapshot(open=(incident(claims=(claim(),)),), advisories=(claim(),))
    assert expected in await Desk(shows).says(typed)


async def test_a_direction_shows_that_one_alone() -> None:
    """What was asked."""
    said = await Desk().says("inbound")
    assert "Incoming mail" in said
    assert "Outgoing mail" not in said


async def test_another_product_is_answered_by_what_microsoft_lists() -> None:
    """And said to be Microsoft's word."""
    listed = claim("TM1", service="Microsoft Teams", title="Teams messages may be late", is_mail=False)
    closed = claim("TM2", service="Microsoft Teams", is_mail=False, state=AdvisoryState.RESOLVED)
    said = await Desk(snapshot(advisories=(listed, closed))).says("teams?")
    assert "Microsoft lists 1 problem with Teams." in said
    assert "TM1" in said
    assert "TM2" not in said


async def test_after_the_fix_bounced_mail_can_be_sent_again_at_once() -> None:
    """The advice follows what we measure."""
    assert "you can do that at once" in await Desk(healthy()).says("bounced")


@pytest.mark.parametrize(
    ("typed", "verb"),
    [("ack", Verb.ACK), ("mute", Verb.MUTE), ("mute 30m lunch", Verb.MUTE), ("unmute", Verb.UNMUTE)],
)
async def test_without_a_number_the_open_incident_is_meant(typed: str, verb: Verb) -> None:
    """Nobody has to remember one."""
    desk = Desk()
    await desk.ask(typed)
    assert [(order.verb, order.incident, order.person) for order in desk.orders] == [(verb, "1", "ana")]


async def test_of_several_the_gravest_is_meant_unless_one_is_named() -> None:
    """Severe before warning, new before old."""
    mild = incident("2", severity=Severity.WARNING, opened=NOW)
    desk = Desk(snapshot(open=(mild, incident("1"))))
    await desk.ask("ack")
    await desk.ask("ack 2")
    assert [order.incident for order in desk.orders] == ["1", "2"]


@pytest.mark.parametrize(("typed", "meant"), [("unmtue", "unmute"), ("subscirbe", "subscribe"), ("repotr x", "report")])
async def test_what_changes_something_is_not_done_on_a_guess(typed: str, meant: str) -> None:
    """It is asked, beside how mail is."""
    desk = Desk()
    said = await desk.says(typed)
    assert f"Did you mean {meant}? Nothing was changed." in said
    assert said.startswith("🔴 Sending mail fails.")
    assert (desk.orders, desk.reports) == ([], [])


async def test_other_words_for_a_command_do_the_same() -> None:
    """Also in other languages."""
    desk = Desk()
    await desk.ask("acknowledge")
    await desk.ask("stumm 2 Stunden bekannt")
    assert [(order.verb, order.note) for order in desk.orders] == [(Verb.ACK, ""), (Verb.MUTE, "bekannt")]
    assert desk.orders[1].until == NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    "typed", ["mute 8d", "mute 0m", "mute 1y", "mute 99999h", "mute 30", "mute -1h", "mute forever"]
)
async def test_a_length_that_cannot_be_used_is_asked_for_again(typed: str) -> None:
    """With an example."""
    desk = Desk()
    assert "Write 30m, 2h or 1d" in await desk.says(typed)
    assert desk.orders == []


@pytest.mark.parametrize("typed", ["ack", "mute", "unmute", "join"])
async def test_where_nothing_is_open_there_is_nothing_to_do(typed: str) -> None:
    """And no error."""
    assert "No incident is open" in await Desk(healthy()).says(typed)


async def test_a_join_can_be_undone_and_done() -> None:
    """The only advisory there needs no name."""
    home = incident(claims=(claim(),), related=("EX649488",))
    desk = Desk(snapshot(open=(home,), advisories=(claim(), claim("EX649488"))))
    await desk.ask("part")
    await desk.ask("join")
    await desk.ask("join ex649488")
    assert [(order.verb, order.advisory) for order in desk.orders] == [
        (Verb.PART, "EX649175"),
        (Verb.JOIN, "EX649488"),
        (Verb.JOIN, "EX649488"),
    ]


async def test_a_join_reaches_back_to_a_resolved_incident() -> None:
    """Joins come late."""
    over = incident(resolved=NOW - timedelta(hours=2))
    desk = Desk(snapshot(open=(), past=(over,), advisories=(claim(),)))
    await desk.ask("join EX649175 1")
    assert [order.incident for order in desk.orders] == ["1"]


@pytest.mark.parametrize("typed", ["ack", "mute 1h", "unmute", "part EX649175", "join EX649175"])
async def test_whoever_may_not_is_told_so_and_may_still_ask(typed: str) -> None:
    """Reading and reporting are for everyone."""
    desk = Desk()
    assert "not change an incident" in await desk.says(typed, person="U9")
    assert desk.orders == []
    assert "Thank you" in await desk.says("report it is slow", person="U9")


async def test_a_report_is_one_a_minute_and_person() -> None:
    """Whoever presses twice is heard once."""
    desk = Desk()
    await desk.ask("report cannot send")
    assert "one a minute" in await desk.says("report cannot send")
    await desk.ask("report me too", person="U2")
    desk.clock.at += timedelta(minutes=1)
    await desk.ask("report still not")
    assert [report.text for report in desk.reports] == ["cannot send", "me too", "still not"]


async def test_a_report_without_words_asks_for_them() -> None:
    """Nothing is noted."""
    desk = Desk()
    assert "What do you see?" in await desk.says("report")
    assert desk.reports == []


async def test_what_could_not_be_saved_is_not_said_to_be() -> None:
    """The store is full."""
    assert "could not be saved" in await Desk(breaks=True).says("ack")


async def test_what_takes_long_is_said_to_be_not_saved_yet_and_told_later() -> None:
    """Nothing acknowledged is lost, and nothing lost is acknowledged."""
    gate = asyncio.Event()
    desk = Desk(gate=gate)
    later: list[Answer] = []

    async def late(answer: Answer) -> None:
        later.append(answer)

    first = await desk.commands.answer(Asked(text="ack", person=ANA, name="ana"), late=late)
    assert "Not saved yet" in slack.text(first)
    gate.set()
    await desk.commands.orders.saving.drain()
    await desk.commands.orders.saving.drain()
    assert len(desk.orders) == 1
    assert "ana is on it" in slack.text(later[0])


async def test_a_button_is_about_its_own_incident_and_not_the_gravest() -> None:
    """Also where that is over: then there is nothing to do."""
    over = incident("7", resolved=NOW - timedelta(hours=1))
    desk = Desk(snapshot(past=(over,)))
    asked = Asked(text="", person=ANA, name="ana", incident="7")
    assert "No incident is open" in slack.text(await desk.commands.press("ack", asked))
    assert "6 of 10" in slack.text(await desk.commands.press("details", asked))


async def test_details_hold_both_halves_in_order_of_time() -> None:
    """Ours and theirs."""
    shown = await Desk(snapshot(open=(incident(claims=(claim(),), acknowledged_by="Bo"),))).ask("details")
    titles = ["".join(str(part) for part in part.title) for part in shown.parts]
    assert titles == ["How we know", "What Microsoft says", "What happened, and when"]
    assert "Bo is on it." in slack.text(shown)


def many() -> Snapshot:
    """Give a very bad week."""
    findings = tuple(
        finding(id=str(n), symptom=symptom) for n, symptom in enumerate(Symptom) if symptom != "unmeasurable"
    )
    claims = tuple(claim(f"EX{n}00000", title="long title " * 50) for n in range(1, 30))
    bad = incident(findings=findings, claims=claims)
    past: tuple[Incident, ...] = tuple(incident(str(n), claims=claims, resolved=NOW) for n in range(2, 40))
    return snapshot(open=(bad, *past[:5]), past=past, advisories=claims)


@pytest.mark.parametrize("language", ["en", "de", "ja"])
@pytest.mark.parametrize("typed", ["", "help", "history", "details", "explain EX100000", "explain", "bounced", "part"])
async def test_every_answer_keeps_within_the_limits_of_both_platforms(typed: str, language: str) -> None:
    """In the worst week."""
    answer = await Desk(many()).ask(typed, language=language)
    dressed = slack.blocks(answer)
    assert len(dressed) <= 50
    assert sum(len(str(block)) for block in dressed) < 13_200
    assert len(str(card(answer))) < 28_000


@given(st.text(max_size=200))
def test_no_words_are_an_error(typed: str) -> None:
    """Whatever people type."""
    desk = Desk(snapshot(open=(incident(claims=(claim(),)),)))
    assert asyncio.run(desk.ask(typed)).headline


async def test_an_advisory_that_is_in_no_incident_cannot_be_taken_out() -> None:
    """And one that nobody knows cannot be put in."""
    desk = Desk(snapshot(advisories=(claim(),)))
    assert "We do not know EX649175." in await desk.says("part EX649175")
    assert "We do not know EX999999." in await desk.says("join EX999999")
    assert desk.orders == []


async def test_where_it_is_not_clear_which_advisory_is_meant_it_is_asked() -> None:
    """With those there are to choose from."""
    desk = Desk(snapshot(advisories=(claim("EX111111"), claim("EX222222"))))
    said = await desk.says("join")
    assert "join EX111111" in said
    assert "join EX222222" in said


async def test_those_who_reported_long_ago_are_forgotten() -> None:
    """The memory is bounded."""
    desk = Desk()
    for number in range(1100):
        await desk.ask("report slow", person=f"U{number + 100}")
    assert len(desk.commands.orders.reporters) == 1000
