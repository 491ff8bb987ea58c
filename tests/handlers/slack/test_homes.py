"""Home tabs change when the mail does, for those who opened theirs lately."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.demo.chat.slack import Slack, ratelimited
from bot.demo.chat.slack_posts import Workspace
from bot.demo.faults import Answer, Drop, Fault, json_answer
from bot.demo.served import served
from bot.types import AdvisoryState, Incident, Order, Person, Reported, Severity, Snapshot, SourceNow, Symptom
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack import homes
from handlers.slack.api import SlackApi
from handlers.slack.homes import AFTER_FAILURE, FRESH, GAP, MOST, PUBLISH, Homes, standing
from handlers.slack.locales import Locales
from tests.handlers.examples import NOW, TestClock, claim, healthy, incident, snapshot

TOKEN = "xoxb-1"
FEW = 5
CROWD = [f"U{number}" for number in range(FEW + 1)]


class EndError(Exception):
    """The loop has gone on for long enough."""


@dataclass
class Hall:
    """A workspace full of people, and the tabs that they opened."""

    slack: Slack
    clock: TestClock
    shows: Snapshot
    homes: Homes

    async def visit(self, *people: str) -> None:
        """Have people open their tabs, a second after another."""
        for one in people:
            await self.homes.show(Person(platform="slack", workspace="T1", id=one))
            self.clock.at += timedelta(seconds=1)
        self.slack.workspace.homes.clear()

    async def refresh(self, times: int = 1) -> list[str]:
        """Let that many turns come, and tell whose tabs were shown anew."""
        self.slack.workspace.homes.clear()
        for _ in range(times):
            await self.homes.refresh()
            self.clock.at += GAP
        return list(self.slack.workspace.homes)

    def fault(self, fault: Fault) -> None:
        """Let the next tab meet a fault."""
        self.slack.faults.switch_on(fault, path=PUBLISH, times=1)


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    """Serve a workspace on a good day."""

    async def order(_: Order) -> None:
        """Take an order."""

    async def report(_: Reported, _by: Person) -> None:
        """Take a report."""

    clock = TestClock()
    slack = Slack(Workspace(clock, {}, {one: one for one in CROWD}), token=TOKEN)
    async with served(slack.app()) as port:
        api = SlackApi(SecretStr(TOKEN), base_url=f"http://127.0.0.1:{port}/api/", limit=timedelta(seconds=2))
        orders = Orders(
            snapshot=lambda: opened.shows, order=order, report=report, refused=order, clock=clock, may=lambda _: True
        )
        homes = Homes(api, lambda _: Commands(orders=orders), Locales(api, clock), clock)
        opened = Hall(slack, clock, healthy(), homes)
        yield opened
        await api.aclose()


async def test_a_tab_changes_when_an_incident_opens_and_when_it_is_over(hall: Hall) -> None:
    """Nobody has to open it again."""
    await hall.visit("U1")
    hall.shows = snapshot()
    assert await hall.refresh(3) == ["U1"]
    assert "Sending mail fails." in str(hall.slack.workspace.homes["U1"])
    hall.shows = healthy()
    assert await hall.refresh() == ["U1"]
    assert "Mail is flowing." in str(hall.slack.workspace.homes["U1"])


async def test_one_more_test_message_is_no_reason_to_show_a_tab_anew(hall: Hall) -> None:
    """They arrive all the time."""
    await hall.visit("U1")
    later = NOW + timedelta(minutes=1)
    ways = [replace(one, last_arrived=later, last_latency=timedelta(seconds=9)) for one in hall.shows.directions]
    hall.shows = replace(hall.shows, at=later, directions=tuple(ways))
    assert await hall.refresh(3) == []


ONE = incident()


@pytest.mark.parametrize(
    "news",
    [
        replace(ONE, severity=Severity.WARNING),
        replace(ONE, acknowledged_by="ana"),
        replace(ONE, muted_until=NOW),
        replace(ONE, shown=NOW),
        replace(ONE, last_rung=NOW),
    ],
    ids=["severity", "taken on", "muted", "figures renewed", "told"],
)
def test_whatever_is_new_about_an_incident_counts(news: Incident) -> None:
    """As it does for the message in a channel."""
    assert standing(snapshot(open=(news,))) != standing(snapshot(open=(ONE,)))


@pytest.mark.parametrize(
    "news",
    [
        snapshot(open=()),
        snapshot(past=(ONE,)),
        snapshot(sources=(SourceNow(source="microsoft", blind_since=NOW, error="503"),)),
        snapshot(advisories=(claim(),)),
        snapshot(directions=tuple(replace(one, symptoms=(Symptom.LOST,)) for one in snapshot().directions)),
    ],
    ids=["over", "past", "blind", "listed", "a direction"],
)
def test_whatever_else_a_tab_says_counts_as_well(news: Snapshot) -> None:
    """What is open, what was, whom we cannot hear, what the vendor lists, and each direction."""
    assert standing(news) != standing(snapshot())
    closed = replace(claim().reading, state=AdvisoryState.RESOLVED)
    assert standing(snapshot(advisories=(replace(claim(), reading=closed),))) != standing(news)


async def test_the_newest_is_shown_and_nothing_that_is_old_by_then(hall: Hall) -> None:
    """However often things changed meanwhile."""
    await hall.visit("U1")
    for number in range(5):
        hall.shows = snapshot(open=(incident(str(number)),))
    assert await hall.refresh(3) == ["U1"]
    assert "'value': '4'" in str(hall.slack.workspace.homes["U1"])


async def test_one_tab_a_turn_the_one_that_waited_longest_first(hall: Hall) -> None:
    """So Slack's limit is never near, and nobody waits for ever while things go on changing."""
    await hall.visit("U1", "U2", "U3")
    order = []
    for number in range(6):
        hall.shows = snapshot(open=(incident(str(number)),))
        order += await hall.refresh()
    assert order == ["U1", "U2", "U3"] * 2


async def test_slack_is_left_alone_for_as_long_as_it_asks(hall: Hall) -> None:
    """And then shown the newest, once."""
    await hall.visit("U1", "U2")
    hall.shows = snapshot()
    hall.fault(ratelimited(30))
    assert await hall.refresh(29) == []
    assert await hall.refresh(5) == ["U2", "U1"]


@pytest.mark.parametrize("fault", [Drop(accepted=True), Drop(accepted=False), Answer(status=503)], ids=repr)
async def test_a_tab_that_could_not_be_shown_is_shown_later(hall: Hall, fault: Fault) -> None:
    """Also one that somebody is looking at."""
    hall.fault(fault)
    await hall.visit("U1")
    assert await hall.refresh() == []
    hall.clock.at += AFTER_FAILURE
    assert await hall.refresh(3) == ["U1"]


async def test_who_cannot_be_shown_a_tab_is_forgotten(hall: Hall) -> None:
    """A person who left, or an app without the tab."""
    await hall.visit("U1")
    hall.shows = snapshot()
    hall.fault(json_answer(200, {"ok": False, "error": "not_enabled"}))
    assert await hall.refresh(int(AFTER_FAILURE / GAP) + 5) == []


async def test_only_the_newest_hundreds_are_kept_up(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever came back counts as new; it is the same with fewer."""
    assert 100 <= MOST < 1000
    # Hundreds of visitors take most of a minute and show no more; nobody else needs another number.
    monkeypatch.setattr(homes, "MOST", FEW)
    await hall.visit("U0", "U1", *CROWD[2:-1], "U0", CROWD[-1])
    hall.shows = snapshot()
    shown = await hall.refresh(FEW + 5)
    assert (len(shown), "U0" in shown, "U1" in shown) == (FEW, True, False)


async def test_whoever_looked_hours_ago_is_not_looking_any_more(hall: Hall) -> None:
    """Until they open the tab again."""
    await hall.visit("U1")
    hall.shows = snapshot()
    hall.clock.at += FRESH
    assert await hall.refresh() == []


async def test_the_loop_shows_a_tab_a_second_at_most(hall: Hall) -> None:
    """And beats with every turn."""
    await hall.visit("U1", "U2", "U3")
    hall.shows = snapshot()
    hall.clock.slept.clear()
    beats: list[int] = []

    def beat() -> None:
        beats.append(len(hall.slack.workspace.homes))
        if len(beats) == 5:
            raise EndError

    with pytest.raises(EndError):
        await hall.homes.run(beat)
    assert beats == [0, 1, 2, 3, 3]
    assert hall.clock.slept == [GAP] * 4
