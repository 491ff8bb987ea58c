"""What people change leaves a line in the audit log that says who it was, by ids that nobody can choose."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.app.desks import Managers, commands
from bot.store import Deed, Store
from handlers.actions import ACTIONS
from handlers.asked import Asked
from handlers.commands import Commands
from handlers.saving import Saving
from handlers.slack.controls import PREFIX, wanted
from tests.security.test_roles import BUTTONS, CHANGES, OWN, TABLE
from tests.security.town import Firm, Town
from tests.test_pipeline import HandClock


class Listed(Firm):
    """A company whose advisories have ids that people can type."""

    def advisory(self, number: int) -> dict[str, Any]:
        return {**super().advisory(number), "id": f"EX60000{number}"}


ACME = Listed("acme", "Quokka")
ID = "@slack/TQuokka/UQuokka"
WORDS = "it fails for the board"
MORE = {"report": WORDS, "mute": "1 2h quiet please", "part": "EX600001", "join": "EX600001"}
SHOWS = {"subscriptions"}
"""About oneself, and changes nothing."""
CHANGING = [one for one, kind in TABLE.items() if kind in {OWN, CHANGES} and one not in SHOWS]
PRESSED = {one: "report" if BUTTONS[one] is OWN else one for one in ACTIONS if BUTTONS[one] in {OWN, CHANGES}}
CONTROLS: list[dict[str, Any]] = [
    {"action_id": f"{PREFIX}ways", "selected_option": {"value": "outbound"}},
    {"action_id": f"{PREFIX}from", "selected_time": "21:00"},
    {"action_id": f"{PREFIX}until", "selected_time": "06:00"},
    {"action_id": f"{PREFIX}zone", "selected_option": {"value": "Europe/Berlin"}},
    {"action_id": f"{PREFIX}loud"},
    {"action_id": f"{PREFIX}ways", "selected_option": {"value": "nothing"}},
]


class Place(Town):
    """A company with an open incident, and its people's desk as the bot makes it."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        super().__init__(store, clock, [ACME])
        self.managers = True
        self.saving = Saving()

    def desk(self) -> Commands:
        bot: Any = self  # what a desk takes of a bot, a town has
        return commands(bot, ACME.name, Managers(may=lambda _: self.managers, names=tuple), saving=self.saving)

    def asked(self, text: str = "") -> Asked:
        return Asked(text=text, person=ACME.person, name="Ana", whom=ACME.person, incident=None if text else "1")

    async def types(self, command: str) -> None:
        await self.desk().answer(self.asked(f"{command} {MORE.get(command, '1')}"))
        await self.saving.drain()

    async def deeds(self) -> list[Deed]:
        async with self.store.read() as tx:
            return await tx.audit.between(ACME.name, self.clock.at - timedelta(days=9), self.clock.at + timedelta(1))


@pytest.fixture
async def place(sqlite_store: Store) -> AsyncIterator[Place]:
    town = Place(sqlite_store, HandClock())
    await town.open()
    for _ in range(4):
        await town.lives(ACME, "listed")
    assert town.pipeline.snapshot(ACME.name).open
    yield town
    await town.saving.drain()


@pytest.mark.parametrize("command", CHANGING)
async def test_every_command_that_changes_something_names_who_gave_it(place: Place, command: str) -> None:
    """By the platform's ids, beside the name that they bear now; what a person reports stays out of it."""
    if command == "unsubscribe":
        await place.types("subscribe")
    await place.types(command)
    deed = (await place.deeds())[-1]
    assert (deed.who, deed.what, deed.about["person"]) == ("Ana", command, ID)
    assert WORDS not in json.dumps(dict(deed.about))


@pytest.mark.parametrize("button", PRESSED)
async def test_every_button_that_changes_something_names_who_pressed_it(place: Place, button: str) -> None:
    """As the command of its name."""
    await place.desk().press(button, place.asked())
    deed = (await place.deeds())[-1]
    assert (deed.who, deed.what, deed.about["person"]) == ("Ana", PRESSED[button], ID)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: one["action_id"])
async def test_every_control_of_the_home_tab_names_who_used_it(place: Place, control: dict[str, Any]) -> None:
    """Whether it changes a subscription or ends one."""
    people, adjust = place.desk().subscriptions, wanted(control, "UTC")
    assert people is not None
    await place.types("subscribe quiet 22:00-07:00")
    await (people.choose(place.asked(), adjust, None) if adjust else people.unsubscribe(place.asked(), "", None))
    deeds = await place.deeds()
    assert [(deed.who, deed.about["person"]) for deed in deeds] == [("Ana", ID)] * 2
    assert deeds[-1].what == ("change a subscription" if adjust else "unsubscribe")


async def test_how_long_somebody_muted_is_noted(place: Place) -> None:
    """To the second at which it rings again."""
    await place.types("mute")
    assert (await place.deeds())[-1].about["until"] == (place.clock.at + timedelta(hours=2)).isoformat()


@pytest.mark.parametrize("command", [one for one, kind in TABLE.items() if kind is CHANGES])
async def test_an_order_that_is_refused_is_noted_too(place: Place, command: str) -> None:
    """With what was asked for."""
    place.managers = False
    await place.types(command)
    (deed,) = await place.deeds()
    assert (deed.who, deed.what) == ("Ana", "was refused an order")
    assert dict(deed.about) == {"person": ID, "order": command, "incident": "1"}


async def test_a_flood_of_refusals_is_one_line_an_hour_a_person(place: Place) -> None:
    """Whatever they ask for: nobody fills the store with what they may not do."""
    place.managers = False
    desk = place.desk()
    for later in (0, 0, 59, 2):
        place.clock.at += timedelta(minutes=later)
        for button in ("ack", "mute"):
            await desk.press(button, place.asked())
    await desk.press("ack", replace(place.asked(), person=replace(ACME.person, id="U2")))
    await place.saving.drain()
    noted = [deed.about["person"] for deed in await place.deeds()]
    assert noted == [ID, ID, "@slack/TQuokka/U2"]
