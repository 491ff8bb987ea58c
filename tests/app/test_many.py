"""A bot of several companies: what anybody may ask it about itself names none of theirs."""

import random
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.bot import open_bot
from bot.app.clock import SystemClock
from bot.app.health import ANYBODYS, _by_kind
from bot.app.site import Pages, open_site
from bot.settings import Environment, Installation, Settings
from bot.store import Store
from bot.web.health import Beat
from bot.web.house import OPERATOR
from tests.store.samples import draft
from tests.web.examples import browser

CHANCE = random.Random(1)  # noqa: S311 - the same each time
FILE = 'page_token_env = "T"\n[destinations.ops-{name}]\nplatform = "slack"\nchannel = "C0000000001"\n'


async def test_each_companys_page_is_its_own_and_health_names_nobody(tmp_path: Path) -> None:
    """From the folder to the page: with a token each, and one for the operator."""
    folder = tmp_path / "tenants"
    folder.mkdir()
    for name in ("acme", "beta"):
        (folder / f"{name}.toml").write_text(FILE.format(name=name))
        (folder / f"{name}.env").write_text(f"T=of-{name}\n")
    variables = {"MAILSTATUS_TENANTS": str(folder), "MAILSTATUS_PAGE_TOKEN": "operator", "SLACK_BOT_TOKEN": "xoxb-1"}
    given = Settings(
        environment=Environment.model_validate(variables), installation=Installation(), named={}, state=tmp_path
    )
    async with open_bot(given, SystemClock(), CHANCE) as bot, open_site(bot) as app, browser(app) as client:
        bot.pulse.stopped = {("acme", "ops-acme"): "the channel of acme is gone"}
        told = {
            token: (await client.get("/", headers={"Authorization": f"Bearer {token}"})).text
            for token in ("of-acme", "of-beta", "operator")
        }
        ready = (await client.get("/readyz")).json()
        metrics = (await client.get("/metrics", headers={"Authorization": "Bearer operator"})).text
    assert "the channel of acme is gone" in told["of-acme"]
    assert "acme" not in told["of-beta"]
    assert "ops-beta" in told["of-beta"]
    assert "All companies" in told["operator"]
    assert ready["shut"] == 1
    assert f'mailstatus_destination_mute{{destination="{ANYBODYS}"}} 1.0' in metrics
    assert "acme" not in metrics


async def test_a_clock_that_was_set_back_while_the_bot_was_off_holds_nothing_up(tmp_path: Path) -> None:
    """What was tried before it was is tried again at once."""
    given = Settings(environment=Environment.model_validate({}), installation=Installation(), named={}, state=tmp_path)
    later = SystemClock().now() + timedelta(hours=6)
    async with await Store.open(given.store_url) as store, store.begin() as tx:
        await tx.machines.save({"gone": b""}, later)
        await tx.deliveries.save([draft("a")], later)
        assert await tx.deliveries.claim("default", "slack", later, timedelta(minutes=1))
    async with open_bot(given, SystemClock(), CHANCE) as bot:
        before = bot.pulse.set_back
        await bot.pulse.settle_clock()
        assert (before, bot.pulse.set_back) == (True, False)
        async with bot.store.read() as tx:
            due = (await tx.deliveries.next_due("default", "slack")).words
    assert due is not None
    assert due < later


async def test_a_token_of_two_companies_opens_neithers_page(tmp_path: Path) -> None:
    """Also while one of them is paused: its people have the token still."""
    folder = tmp_path / "tenants"
    folder.mkdir()
    for name, token, top in (("acme", "same", ""), ("beta", "same", "paused = true\n"), ("gamma", "own", "")):
        (folder / f"{name}.toml").write_text(top + FILE.format(name=name))
        (folder / f"{name}.env").write_text(f"T={token}\n")
    variables = {"MAILSTATUS_TENANTS": str(folder), "MAILSTATUS_PAGE_TOKEN": "operator", "SLACK_BOT_TOKEN": "xoxb-1"}
    given = Settings(
        environment=Environment.model_validate(variables), installation=Installation(), named={}, state=tmp_path
    )
    async with open_bot(given, SystemClock(), CHANCE) as bot, open_site(bot) as app, browser(app) as client:
        answers = [
            (await client.get("/", headers={"Authorization": f"Bearer {token}"})).status_code
            for token in ("same", "own", "operator")
        ]
    assert (answers, set(bot.tenants.names())) == ([401, 200, 200], {"acme", "gamma"})


PEOPLE = {
    "acme": ["ana@acme.example", "both@group.example", "@acme.example", "@both.example", "cy"],
    "beta": ["bo@acme.example", "both@group.example", "@group.example", "@both.example"],
    "gone": ["guy@acme.example", "@gone.example"],
}


@pytest.mark.parametrize(
    ("person", "page"),
    [
        pytest.param("ana@acme.example", "acme", id="by name"),
        pytest.param("Ana@Acme.Example", "acme", id="in whatever case"),
        pytest.param("cy", "acme", id="a name that is no address"),
        pytest.param("di@acme.example", "acme", id="by domain"),
        pytest.param("bo@acme.example", "beta", id="the name before the domain"),
        pytest.param("both@group.example", None, id="whom two list, in spite of the domain"),
        pytest.param("x@both.example", None, id="a domain of two"),
        pytest.param("guy@acme.example", None, id="of a paused company, in spite of the domain"),
        pytest.param("x@gone.example", None, id="a domain of a paused company"),
        pytest.param("x@sub.acme.example", None, id="another domain"),
        pytest.param("acme.example", None, id="a domain is no name"),
        pytest.param("@", None, id="nobody"),
        pytest.param("stranger", None, id="a stranger"),
    ],
)
async def test_a_person_sees_the_page_of_the_company_that_lists_them(
    tmp_path: Path, person: str, page: str | None
) -> None:
    """And nobody else's, as the proxy names them."""
    async with open_bot(peopled(tmp_path, PEOPLE), SystemClock(), CHANCE) as bot:
        assert Pages(bot).person(person) == page


async def test_people_of_a_paused_company_do_not_become_the_others(tmp_path: Path) -> None:
    """Though one alone is watched; where there is but one, everybody whom the proxy names sees it."""
    for names, seen in ((("acme", "gone"), None), (("acme",), OPERATOR)):
        folder = tmp_path / str(len(names))
        folder.mkdir()
        given = peopled(folder, {name: PEOPLE[name] for name in names})
        async with open_bot(given, SystemClock(), CHANCE) as bot:
            assert Pages(bot).person("x@gone.example") == seen


def peopled(path: Path, people: Mapping[str, list[str]]) -> Settings:
    """Have companies with people; the one that is called so is paused."""
    folder = path / "tenants"
    folder.mkdir()
    for name, own in people.items():
        paused = str(name == "gone").lower()
        (folder / f"{name}.toml").write_text(f"paused = {paused}\npage_people = {own}\n")
    environment = Environment.model_validate({"MAILSTATUS_TENANTS": str(folder)})
    return Settings(environment=environment, installation=Installation(), named={}, state=path)


def test_loops_of_companies_are_told_by_their_kind() -> None:
    """The worst of each."""
    ages = {"acme": 3, "beta": 20, "gamma": 5}
    (kind,) = _by_kind(
        Beat(loop=f"mailbox:{name}", age=_seconds(age), deadline=_seconds(10), restarts=1) for name, age in ages.items()
    )
    assert (kind.loop, kind.age, kind.restarts) == ("mailbox", _seconds(20), 3)


def _seconds(count: int) -> timedelta:
    return timedelta(seconds=count)
