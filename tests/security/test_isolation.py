"""Several companies in one store: nothing that is asked about one ever holds a word of another."""

import asyncio
import inspect
import itertools
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message

from bot.app.pictures import Pictures
from bot.store import Store, Transaction
from bot.words.picture import picture_words
from handlers.slack.home import view
from tests.security.town import DEEDS, EX, Firm, Town, first
from tests.test_pipeline import HandClock
from tests.web.examples import browser

Query: TypeAlias = Callable[[Transaction, "Firm", datetime, datetime], Awaitable[object]]


async def _all(items: Any) -> list[object]:  # noqa: ANN401 - whatever a query gives one by one
    return [one async for one in items]


ASKED: Mapping[str, Query] = {
    "observations.between": lambda tx, firm, begin, end: _all(tx.observations.between(firm.name, begin, end)),
    "observations.now": lambda tx, firm, *_: tx.observations.now(firm.name),
    "rollups.minutes": lambda tx, firm, begin, end: tx.rollups.minutes(firm.name, begin, end),
    "rollups.quarters": lambda tx, firm, begin, end: tx.rollups.quarters(firm.name, begin, end),
    "advisories.listed": lambda tx, firm, *_: tx.advisories.listed(firm.name),
    "advisories.since": lambda tx, firm, begin, _: tx.advisories.since(firm.name, begin),
    "advisories.versions": lambda tx, firm, *_: tx.advisories.versions(firm.name, "microsoft", EX.format(number=1)),
    "incidents.changes": lambda tx, firm, begin, end: tx.incidents.changes(firm.name, begin, end),
    "incidents.evidence": lambda tx, firm, *_: tx.incidents.evidence(firm.name, "1"),
    "incidents.get": lambda tx, firm, *_: tx.incidents.get(firm.name, "1"),
    "incidents.open": lambda tx, firm, *_: tx.incidents.open(firm.name),
    "incidents.since": lambda tx, firm, begin, _: tx.incidents.since(firm.name, begin),
    "machines.load": lambda tx, firm, *_: tx.machines.load(firm.name),
    "deliveries.heads": lambda tx, firm, *_: tx.deliveries.heads(firm.name, "1"),
    "deliveries.landing": lambda tx, firm, *_: tx.deliveries.landing(firm.name, first(firm), "1"),
    "deliveries.next_due": lambda tx, firm, *_: tx.deliveries.next_due(firm.name, first(firm)),
    "deliveries.pending": lambda tx, firm, *_: tx.deliveries.pending(firm.name),
    "deliveries.recent": lambda tx, firm, *_: _both(tx, firm),
    "gaps.all": lambda tx, firm, *_: tx.gaps.all(firm.name),
    "gaps.get": lambda tx, firm, *_: tx.gaps.get(firm.name, first(firm)),
    "subscriptions.count": lambda tx, firm, *_: tx.subscriptions.count(firm.name),
    "subscriptions.get": lambda tx, firm, *_: tx.subscriptions.get(firm.person),
    "subscriptions.of": lambda tx, firm, *_: tx.subscriptions.of(firm.name),
    "audit.between": lambda tx, firm, begin, end: tx.audit.between(firm.name, begin, end),
}
"""Every query about one company."""

CLAIMED = {"deliveries.claim", "deliveries.claim_rest", "deliveries.hold", "deliveries.tells"}
"""What gives one company's deliveries while it changes them: the courier's, which the senders below stand behind."""
WRITES = {
    "observations.add", "rollups.retire", "rollups.roll_up", "advisories.gone", "advisories.note", "advisories.see",
    "incidents.next_id", "incidents.record", "incidents.save", "machines.hold", "machines.save", "machines.step",
    "deliveries.drop", "deliveries.give_up", "deliveries.give_up_all", "deliveries.land", "deliveries.mark_failed",
    "deliveries.mark_sent", "deliveries.mark_unknown", "deliveries.release", "deliveries.save", "gaps.end", "gaps.rouse",
    "gaps.save",
    "subscriptions.end", "subscriptions.save", "pushes.note", "audit.note",
}  # fmt: skip
"""What gives no texts."""
OF_THE_BOT: Mapping[str, Collection[str]] = {
    "everybody.blind": {"bot/app/tenant_list.py"},
    "everybody.open_incidents": {"bot/app/tenant_admin.py", "bot/app/tenant_list.py"},
    "everybody.seen": {"bot/app/tenant_list.py"},
    "gaps.shut": {"bot/app/health.py", "bot/outbox/courier.py"},
    "machines.moved": {"bot/keeper.py"},
    "machines.newest": {"bot/app/bot.py"},
    "outbox.given_up": {"bot/app/health.py"},
    "outbox.rouse": {"bot/outbox/courier.py"},
    "outbox.waiting": {"bot/app/health.py"},
    "pushes.known": {"bot/app/vantages.py"},
    "pushes.newest": {"bot/app/doctor_store.py"},
}
"""What is asked over all companies, by the operator and by the bot itself, and the only places that ask it."""
NOBODYS = {"budgets", "conversations", "engine", "jobs", "requests"}
"""Nouns whose rows hold no company's texts: counts, and names of conversations, jobs and requests."""


async def _both(tx: Transaction, firm: Firm) -> list[object]:
    return [*await tx.deliveries.recent(firm.name), *await tx.deliveries.recent(firm.name, people=True)]


def test_every_query_of_the_store_is_asked_here() -> None:
    """A new one without a line above fails: whoever writes it says whose rows it gives."""
    nouns = {name: kind for name, kind in inspect.get_annotations(Transaction, eval_str=True).items() if name[0] != "_"}
    methods = {
        f"{noun}.{name}"
        for noun, kind in nouns.items()
        if noun not in {"connection", *NOBODYS}
        for name, _ in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }
    assert methods == set(ASKED) | CLAIMED | WRITES | set(OF_THE_BOT)


QUESTIONS = ("", "details", "history", "history 7d", "explain EX1", "explain EX2", "explain", "help", "what bounced?",
             "details 1", "subscriptions", "share")  # fmt: skip
PATHS = ("/", "/?range=7d", "/delays.json", "/api/v1/status", "/api/v1/incidents", "/api/v1/overview", "/metrics",
         "/tenants/{other}/", "/tenants/{other}/api/v1/status")  # fmt: skip
STREAMS = ("/live", "/tenants/{other}/live")


async def everything(town: Town, firm: Firm, other: Firm) -> dict[str, str]:
    """Ask all that can be asked about a company, and write down what is answered."""
    begin, end = town.clock.at - timedelta(days=3), town.clock.at + timedelta(days=3)
    said: dict[str, str] = {}
    async with town.store.read() as tx:
        for name, query in ASKED.items():
            said[name] = repr(await query(tx, firm, begin, end))
    for text in QUESTIONS:
        said[f"/mailstatus {text}"] = repr(await town.ask(firm, text))
    said["home tab"] = repr(view(town.pipeline.snapshot(firm.name), "en"))
    said["sent"] = repr(town.senders[firm.name].sent)
    said["log"] = repr(town.logs[firm.name])
    async with browser(town.page) as client:
        for path in PATHS:
            address = path.format(other=other.name)
            said[path] = (await client.get(address, headers={"Authorization": f"Bearer {firm.word}"})).text
    for path in STREAMS:
        said[path] = await first_words(town.page, path.format(other=other.name), firm.word)
    return said


async def first_words(app: ASGIApp, path: str, token: str) -> str:
    """Look at a page that is kept up to date until something comes, and hang up."""
    came, said = asyncio.Event(), bytearray()

    async def receive() -> Message:
        await came.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if body := message.get("body"):
            said.extend(body)
            came.set()

    headers = [(b"host", b"page"), (b"authorization", f"Bearer {token}".encode())]
    asked = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
    about = {"headers": headers, "client": ("127.0.0.1", 1), "server": ("page", 80), "scheme": "http", "root_path": ""}
    async with asyncio.timeout(20):
        await app({**asked, **about, "asgi": {"version": "3.0"}, "http_version": "1.1"}, receive, send)
    return said.decode()


WORDS = picture_words("en")
RUNS = itertools.count()
"""Each run has companies of its own, among the rows of those before it."""
FIRST = [(n % 2, deed) for deed in ("listed", "asked", "noted") for n in range(2)]
"""What happens to both at first, so that there is something to mix up."""


@settings(max_examples=4, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(
    deeds=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(sorted(DEEDS))), min_size=8, max_size=25),
)
def test_nothing_about_one_company_holds_a_word_of_another(store_url: str, deeds: list[tuple[int, str]]) -> None:
    """No query, answer, page, API, message or log line, whatever happens to both in whatever order."""
    digits = f"{next(RUNS):06}"
    firms = [Firm(f"acme-{digits}", f"AAKESTREL{digits}"), Firm(f"beta-{digits}", f"BBOSPREY{digits}")]
    asyncio.run(_lived(store_url, firms, [*FIRST, *deeds]))


async def _lived(url: str, firms: Sequence[Firm], deeds: Sequence[tuple[int, str]]) -> None:
    async with await Store.open(url) as store:
        town = Town(store, HandClock(), firms)
        await town.open()
        for which, deed in deeds:
            await town.lives(firms[which], deed)
        for firm, other in (firms, firms[::-1]):
            said = await everything(town, firm, other)
            leaks = [where for where, text in said.items() if _root(other) in text]
            assert leaks == []
            silent = [where for where in MUST_SAY if _root(firm) not in said[where]]
            assert silent == []  # or the test would see nothing


def _root(firm: Firm) -> str:
    return "KESTREL" if "KESTREL" in firm.word else "OSPREY"


MUST_SAY = ("observations.between", "advisories.listed", "advisories.versions", "incidents.open", "incidents.changes",
            "deliveries.recent", "subscriptions.of", "audit.between", "/mailstatus explain EX1", "sent", "/api/v1/incidents",
            "/live")  # fmt: skip


class Namesake(Firm):
    """A company whose route is called as the other's: only the company tells their messages apart."""

    @property
    def route(self) -> str:
        return "out"


async def test_the_picture_of_one_company_shows_its_own_delays_alone(store: Store) -> None:
    """Of an incident that has the same name at both: there are no words in it, but figures."""
    firms = [Namesake("acme", "AAKESTREL"), Namesake("longer-beta", "BBOSPREY")]
    town = Town(store, HandClock(), firms)
    await town.open()
    for deed in ("arrived", "refused", "listed", "arrived"):
        for firm in firms:
            await town.lives(firm, deed)
    pictures, shown = Pictures(store=store, tenants=town.tenants), []
    for firm in firms:
        told = town.senders[firm.name].sent[0]
        course = await pictures._course(replace(told, message=replace(told.message, at=town.clock.at)), WORDS)
        assert (told.message.incident, told.message.tenant) == ("1", firm.name)
        shown.append({point.worst for point in course.delays.points} - {None} if course else set())
    assert shown == [{firm.took} for firm in firms]


@pytest.mark.parametrize("query", OF_THE_BOT)
def test_what_is_asked_over_all_is_asked_where_it_should_be_alone(query: str) -> None:
    """No page of a company, command from chat or message can come by it."""
    noun, _, name = query.partition(".")
    called = re.compile(rf"\b(?:(?:tx|transaction)\.{noun}|every)\.{name}\(")
    root = Path(__file__).parents[2]
    files = [path for folder in ("bot", "handlers") for path in (root / folder).rglob("*.py")]
    assert {str(path.relative_to(root)) for path in files if called.search(path.read_text())} == set(OF_THE_BOT[query])
