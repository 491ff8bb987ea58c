"""A person's own language, as Slack knows it."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.demo.chat.slack import Slack
from bot.demo.chat.slack_posts import Workspace
from bot.demo.faults import json_answer
from bot.demo.served import served
from bot.types import Person
from handlers.slack.api import SlackApi
from handlers.slack.locales import FAILED_KEEP, KEEP, NOWHERE, Locale, Locales
from tests.handlers.examples import TestClock

TOKEN = "xoxb-1"
MOST = 2
ANA = Person(platform="slack", workspace="T1", id="U1")


@pytest.fixture
async def known() -> AsyncIterator[tuple[Slack, Locales, TestClock]]:
    """Serve a workspace with a German in it."""
    clock = TestClock()
    slack = Slack(Workspace(clock, {}, {"U1": "Ana"}), token=TOKEN)
    slack.workspace.locales = {"U1": "de-DE"}
    async with served(slack.app()) as port:
        api = SlackApi(SecretStr(TOKEN), base_url=f"http://127.0.0.1:{port}/api/")
        yield slack, Locales(api, clock, most=MOST), clock
        await api.aclose()


async def test_nobody_is_known_until_slack_was_asked_and_then_for_a_day(
    known: tuple[Slack, Locales, TestClock],
) -> None:
    """From memory; a day later it is asked again."""
    slack, people, clock = known
    assert people.of(ANA) == NOWHERE
    assert await people.learn(ANA) == people.of(ANA) == Locale(language="de-DE", zone="Europe/Berlin")
    slack.workspace.locales = {"U1": "fr-FR"}
    assert (await people.learn(ANA)).language == "de-DE"
    clock.at += KEEP
    assert (await people.learn(ANA)).language == "fr-FR"


async def test_without_the_scope_slack_is_not_asked_again_at_once(known: tuple[Slack, Locales, TestClock]) -> None:
    """What is not known is nothing, and no error."""
    slack, people, clock = known
    slack.faults.switch_on(json_answer(200, {"ok": False, "error": "missing_scope"}), path="/api/users.info", times=1)
    assert await people.learn(ANA) == NOWHERE
    assert await people.learn(ANA) == NOWHERE
    clock.at += FAILED_KEEP
    assert (await people.learn(ANA)).language == "de-DE"


async def test_the_memory_is_bounded(known: tuple[Slack, Locales, TestClock]) -> None:
    """Whoever was asked about first is forgotten."""
    _, people, _ = known
    others = [Person(platform="slack", workspace="T1", id=f"U{number}") for number in range(2, 2 + MOST)]
    for person in (ANA, *others):
        await people.learn(person)
    assert people.of(ANA) == NOWHERE
