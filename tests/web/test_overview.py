"""The operator's view over all companies: each fault once, and nobody else sees it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from pydantic import SecretStr

from bot.cli_tenant import _fault, _line
from bot.types import Incident
from bot.web.answers_everybody import Fault
from bot.web.app import create_app
from bot.web.house import House
from bot.web.overview import Overview, overview
from bot.web.render import NAMES_MOST
from tests.web.examples import BAD, NOW, QUIET, PastOf, browser, ports

OPERATOR, TOKENS = "of the operator", {"of acme": "acme", "of beta": "beta"}
FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def opened(*tenants: str) -> list[Incident]:
    """Have the incidents of the bad evening at several companies, one minute after another."""
    return [
        replace(incident, tenant=name, claims=tuple(_later(claim, n) for claim in incident.claims))
        for n, name in enumerate(tenants)
        for incident in BAD.open
    ]


def _later(claim: Any, minutes: int) -> Any:  # noqa: ANN401 - a claim as it is
    return replace(claim, first_seen=claim.first_seen + timedelta(minutes=minutes))


def house(names: Sequence[str] = ("acme", "beta")) -> House:
    """Give a house of several companies, one of which is in trouble."""
    own = {
        name: replace(ports(BAD if name == "acme" else QUIET), tenant=name, history=PastOf(tenant=name))
        for name in names
    }

    async def everybody() -> Overview:
        return overview(opened("acme"), at=NOW, watched=len(names))

    tokens = {_sha(token): name for token, name in TOKENS.items()}
    return House(
        ports=own.get,
        tenants=lambda: names,
        snapshots=lambda: [BAD, QUIET],
        health=ports().health,
        everybody=everybody,
        opens=tokens.get,
        person={"ana@acme.example": "acme"}.get,
    )


def _sha(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


APP = create_app(house(), token=SecretStr(OPERATOR))
HEADERS = {"Authorization": f"Bearer {OPERATOR}"}
SCHEMA = schemathesis.openapi.from_asgi("/api/v1/openapi.json", APP, headers=HEADERS)


def test_three_thousand_companies_see_one_advisory_once() -> None:
    """With how many, since when, and where."""
    names = [f"company-{n}" for n in range(3000)]
    seen = overview(opened(*names), at=NOW, watched=4000)
    assert (seen.watched, seen.troubled) == (4000, 3000)
    assert {(one.seen_by, len(one.companies)) for one in seen.sightings} == {(3000, 3000)}
    assert len({one.key for one in seen.sightings}) == len(seen.sightings)
    assert [one.since for one in seen.sightings] == sorted((one.since for one in seen.sightings), reverse=True)
    advisories = [one for one in seen.sightings if one.title]
    assert advisories
    assert all(one.latest - one.since == timedelta(minutes=2999) for one in advisories)


MANY = overview(opened(*(f"company-{n:05}" for n in range(10_300))), at=NOW, watched=10_300)


def test_all_are_counted_and_the_first_ten_thousand_named() -> None:
    """On the way to the API and in the command's line as well."""
    for one in MANY.sightings:
        assert (one.seen_by, len(one.companies), one.companies[-1]) == (10_300, 10_000, "company-09999")
        assert (Fault.of(one).seen_by, Fault.of(one).measured_by) == (10_300, one.measured_by)
        assert (_fault(one)["seen_by"], _fault(one)["measured_by"]) == (10_300, one.measured_by)
        assert f"  10300 of 10300: {one.key} " in _line(one, MANY.watched)
    assert {one.measured_by for one in MANY.sightings} <= {0, 10_300}
    assert any(f", {one.measured_by} by their own" in _line(one, 1) for one in MANY.sightings if one.measured_by)


async def test_the_page_counts_them_all() -> None:
    """With how many are not named there."""

    async def everybody() -> Overview:
        return MANY

    app = create_app(replace(house(), everybody=everybody), token=SecretStr(OPERATOR))
    async with browser(app) as client:
        page = (await client.get("/", headers=HEADERS)).text
    assert "10,300 of 10,300 companies" in page
    assert "10,000 of" not in page
    assert re.findall(r"… \+(\d+)", page) == [str(10_300 - NAMES_MOST)] * len(MANY.sightings)


def test_what_only_test_messages_show_is_a_fault_of_its_own() -> None:
    """By symptom and direction, with the vantages."""
    measured = [replace(incident, claims=()) for incident in opened("acme", "beta") if incident.findings]
    seen = overview(measured, at=NOW, watched=2)
    assert all(one.measured == one.companies == ("acme", "beta") for one in seen.sightings)
    assert all(one.title == "" and one.where for one in seen.sightings)


@pytest.mark.parametrize(
    ("path", "token", "status", "shows"),
    [
        pytest.param("/", OPERATOR, 200, "1 of 2 companies have something open.", id="the operator sees all"),
        pytest.param("/tenants/acme/", OPERATOR, 200, "Sending mail fails", id="and each"),
        pytest.param("/tenants/acme", OPERATOR, 307, "", id="by an address that may end so"),
        pytest.param(
            "/tenants/nobody/", OPERATOR, 404, "This company is not watched.", id="but none that is not there"
        ),
        pytest.param("/tenants/acme/api/v1/overview", OPERATOR, 403, "", id="a company's API is about it alone"),
        pytest.param("/metrics", OPERATOR, 200, "mailstatus_alive", id="the metrics are the operator's"),
        pytest.param("/live", OPERATOR, 404, "", id="there is no stream over all"),
        pytest.param("/", "of acme", 200, "Sending mail fails", id="a company sees its own"),
        pytest.param("/", "of beta", 200, "Mail is flowing", id="and the other its own"),
        pytest.param("/tenants/acme/", "of beta", 404, "", id="a company cannot ask for another"),
        pytest.param("/api/v1/overview", "of acme", 403, "", id="nor for all"),
        pytest.param("/metrics", "of acme", 403, "", id="nor for the metrics"),
        pytest.param("/api/v1/status", "of beta", 200, "Mail is flowing", id="its API is its own"),
        pytest.param("/", "of nobody", 401, "", id="a strange token opens nothing"),
    ],
)
async def test_each_token_opens_what_it_is_for(path: str, token: str, status: int, shows: str) -> None:
    """And nothing else."""
    async with browser(APP) as client:
        answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status
    assert shows in answer.text
    if token != OPERATOR:
        assert "companies" not in answer.text.lower()


async def test_the_operators_page_leads_to_each_company() -> None:
    """By its name."""
    async with browser(APP) as client:
        page = (await client.get("/", headers=HEADERS)).text
    assert '<a href="tenants/acme/">acme</a>' in page
    assert 'href="tenants/beta/"' not in page


@SCHEMA.parametrize()
@FEW
def test_the_api_keeps_to_its_own_document_for_the_operator(case: schemathesis.Case[Any]) -> None:
    """The view over all too; what is about one company has its own address."""
    answer = case.call(headers=HEADERS)
    if answer.status_code != 404:
        case.validate_response(answer)
