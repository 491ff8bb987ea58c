"""Who may do what: one table, complete over the commands, the buttons, the pages and what vantages send."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import pytest
from httpx import AsyncClient
from pydantic import SecretStr
from starlette.types import ASGIApp

from bot.types import Order, Person, Reported
from bot.vantage.wire import PATH as VANTAGE_PATH
from bot.web.app import create_app
from bot.words.replies import nobodys, not_allowed
from handlers.actions import ACTIONS
from handlers.asked import Asked
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.answer import body as body_of
from handlers.slack.api import SlackApi
from handlers.slack.listen import PATH as SLACK_PATH
from handlers.slack.listen import SlackListener
from handlers.teams.bot.listen import PATH as BOT_PATH
from tests.handlers.asking import by_place
from tests.handlers.examples import NOW, TestClock, claim, incident, snapshot
from tests.handlers.people import ANA, Kept
from tests.handlers.slack.test_guard import SECRET as SLACK_SECRET
from tests.handlers.slack.test_guard import signed
from tests.handlers.teams.bot.rig import Rig, rig
from tests.security.test_doors import Door, vantage
from tests.web.examples import alone, browser, ports

READS, OWN, CHANGES = "reads", "about oneself", "changes an incident"
PAGE, EVERYBODY, PUSH = "a company's page", "the page of all companies", "what a vantage saw"
TABLE = {
    "help": READS,
    "history": READS,
    "details": READS,
    "explain": READS,
    "report": OWN,
    "subscribe": OWN,
    "unsubscribe": OWN,
    "subscriptions": OWN,
    "ack": CHANGES,
    "mute": CHANGES,
    "unmute": CHANGES,
    "part": CHANGES,
    "join": CHANGES,
}
BUTTONS = {"ack": CHANGES, "mute": CHANGES, "details": READS, "works": OWN, "fails": OWN}
MORE = {"report": "mail is late", "part": "EX649175", "join": "EX649488", "explain": "EX649175"}
NOBODY_ELSE, VANTAGE = "somebody who is no manager", "a far vantage"
ROLES: Mapping[str, set[str]] = {
    "a manager": {READS, OWN, CHANGES},
    NOBODY_ELSE: {READS, OWN},
    "a manager of another workspace": set(),
    "somebody of another Teams tenant": set(),
    "somebody at the page without a token": set(),
    "somebody at the page with a company's token": {PAGE},
    "the operator": {PAGE, EVERYBODY},
    VANTAGE: {PUSH},
}
"""What each may; nobody has a second way in by what opens theirs."""
WHAT = {**TABLE, **{one: one for one in (PAGE, EVERYBODY, PUSH)}}
OF_A_COMPANY, OF_THE_OPERATOR = "a company's token", "the operator's token"
OF_SLACK = {"a manager": ("boss", "T1"), NOBODY_ELSE: ("ana", "T1"), "a manager of another workspace": ("boss", "T2")}
"""Person and workspace."""
BEARERS: Mapping[str, Mapping[str, str]] = {
    "somebody at the page without a token": {},
    "somebody at the page with a company's token": {"authorization": f"Bearer {OF_A_COMPANY}"},
    "the operator": {"authorization": f"Bearer {OF_THE_OPERATOR}"},
}


class Desk:
    """Commands over an open incident, and what was saved by them."""

    def __init__(self, may: Callable[[str], bool]) -> None:
        """Tell managers by their ids."""
        self.orders: list[Order] = []
        self.reports: list[Reported] = []
        self.refused: list[Order] = []
        evening = snapshot(open=(incident(claims=(claim(),)),), advisories=(claim("EX649488"),))
        orders = Orders(
            snapshot=lambda: evening,
            order=self._order,
            report=self._report,
            refused=self._refused,
            clock=TestClock(),
            may=may,
        )
        self.commands = Commands(orders=orders, subscriptions=Kept().desk(orders.saving))

    async def _order(self, order: Order) -> None:
        self.orders.append(order)

    async def _report(self, reported: Reported, _by: Person) -> None:
        self.reports.append(reported)

    async def _refused(self, order: Order) -> None:
        self.refused.append(order)


def asked(text: str = "") -> Asked:
    """Ask about the incident that is open."""
    return Asked(text=text, person=ANA, name="ana", language="en", whom=ANA, incident="1" if not text else None)


def test_the_table_is_complete() -> None:
    """A command or a button that is new has no line, and fails here."""
    commands = Desk(lambda _: True).commands
    assert set(TABLE) == {*commands._reads(), *commands._own(), *commands._changes()}
    assert set(BUTTONS) == set(ACTIONS)


@pytest.mark.parametrize("may", [True, False], ids=["a manager", NOBODY_ELSE])
@pytest.mark.parametrize("command", TABLE)
def test_a_command_changes_an_incident_by_managers_alone(command: str, may: bool) -> None:  # noqa: FBT001 - a table's column
    """What only reads or is about oneself saves no order, whoever asks."""
    desk = Desk(lambda _: may)
    asyncio.run(desk.commands.answer(asked(f"{command} {MORE.get(command, '')}".strip())))
    assert bool(desk.orders) is (may and TABLE[command] is CHANGES)
    assert bool(desk.reports) is (command == "report")


@pytest.mark.parametrize("may", [True, False], ids=["a manager", NOBODY_ELSE])
@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_changes_an_incident_by_managers_alone(button: str, may: bool) -> None:  # noqa: FBT001 - as above
    """The same as the command of its name."""
    desk = Desk(lambda _: may)
    asyncio.run(desk.commands.press(button, asked()))
    assert bool(desk.orders) is (may and BUTTONS[button] is CHANGES)
    assert bool(desk.reports) is (BUTTONS[button] is OWN)


@dataclass(frozen=True, kw_only=True)
class World:
    """The whole application, with every door, and those who try them."""

    desk: Desk
    client: AsyncClient
    bot: Rig
    vantage: Door

    async def tries(self, who: str, what: str) -> bool:
        """Have somebody try something in their own way; tell whether it was done."""
        words = f"{what} {MORE.get(what, '')}".strip()
        if who in OF_SLACK:
            return await self._by_slack(what, words, *OF_SLACK[who])
        if who in BEARERS:
            return await self._by(what, BEARERS[who])
        if who == VANTAGE:
            return await self._by(what, self.vantage.signed(self.vantage.body, self.vantage.secret))
        return await self._by_teams(what, words)

    async def _by_slack(self, what: str, words: str, user: str, team: str) -> bool:
        about = {"command": "/mailstatus", "text": words, "user_id": user, "user_name": user, "team_id": team}
        body = urlencode(about).encode()
        if what not in TABLE:
            return await self._by(what, signed(body))
        answered = await self.client.post(SLACK_PATH, content=body, headers=signed(body))
        return answered.json() not in [dict(body_of(one)) for one in (nobodys("en"), not_allowed("en", []))]

    async def _by_teams(self, what: str, words: str) -> bool:
        given = self.bot.activity(text=f"<at>mailstatus</at> {words}", id=what)
        given["conversation"]["tenantId"] = given["channelData"]["tenant"]["id"] = "of-somebody-else"
        headers = {"authorization": f"Bearer {self.bot.signer.token(self.bot.url)}"}
        if what not in TABLE:
            return await self._by(what, headers)
        return (await self.client.post(BOT_PATH, json=given, headers=headers)).status_code == HTTPStatus.OK

    async def _by(self, what: str, headers: Mapping[str, str]) -> bool:
        """Try what is no chat of theirs, by what they have."""
        if what in TABLE:
            doors = [await self.client.post(path, content=what, headers=headers) for path in (SLACK_PATH, BOT_PATH)]
            return any(one.status_code == HTTPStatus.OK for one in doors)
        if what == PUSH:
            pushed = await self.client.post(VANTAGE_PATH, content=self.vantage.body, headers=headers)
            return pushed.status_code == HTTPStatus.OK
        path = "/api/v1/status" if what == PAGE else "/api/v1/overview"
        return (await self.client.get(path, headers=headers)).status_code == HTTPStatus.OK


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """Put the application together."""
    desk = Desk(lambda person: person == "boss")
    api = SlackApi(SecretStr("xoxb-1"), base_url="http://127.0.0.1:9/api/")
    slack = SlackListener(api, SecretStr(SLACK_SECRET), by_place({"T1": desk.commands}), now=lambda: NOW)
    own = ports()
    digest = hashlib.sha256(OF_A_COMPANY.encode()).hexdigest()
    house = replace(alone(own), opens={digest: own.tenant}.get)
    async with rig(folder) as bot, vantage(folder) as door, aclosing(api):
        mounts: Mapping[str, ASGIApp] = {SLACK_PATH: slack, BOT_PATH: bot.listener, VANTAGE_PATH: door.app}
        async with browser(create_app(house, token=SecretStr(OF_THE_OPERATOR), mounts=mounts)) as client:
            yield World(desk=desk, client=client, bot=bot, vantage=door)
        await desk.commands.orders.saving.drain()


@pytest.mark.parametrize("who", ROLES)
async def test_everybody_may_what_the_table_says_and_nothing_else(who: str, tmp_path: Path) -> None:
    """Through the doors of the whole application; whoever may not has saved nothing either."""
    async with world(tmp_path) as everything:
        done = {what: await everything.tries(who, what) for what in WHAT}
    assert done == {what: kind in ROLES[who] for what, kind in WHAT.items()}
    assert bool(everything.desk.orders) is (CHANGES in ROLES[who])
    assert bool(everything.desk.reports) is (OWN in ROLES[who])
    assert not everything.bot.orders
    assert not everything.bot.reports
    assert not everything.bot.teams.cards


@pytest.mark.parametrize("team", ["T1", "T2"], ids=["of the workspace", "of another workspace"])
@pytest.mark.parametrize("button", BUTTONS)
async def test_a_button_does_nothing_for_another_workspace(button: str, team: str, tmp_path: Path) -> None:
    """Pressed by a manager each time."""
    action = {"type": "button", "action_id": button, "block_id": "b", "value": "1"}
    pressed = {"type": "block_actions", "team": {"id": team}, "user": {"id": "boss"}, "actions": [action]}
    body = urlencode({"payload": json.dumps(pressed)}).encode()
    async with world(tmp_path) as everything:
        answered = await everything.client.post(SLACK_PATH, content=body, headers=signed(body))
    assert answered.status_code == HTTPStatus.OK
    assert bool(everything.desk.orders) is (team == "T1" and BUTTONS[button] is CHANGES)
    assert bool(everything.desk.reports) is (team == "T1" and BUTTONS[button] is OWN)
