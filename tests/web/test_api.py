from datetime import datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from openapi_schema_validator import OAS31Validator
from pydantic import SecretStr

from bot.web.api import build
from bot.web.app import create_app
from tests.web.examples import alone, at, browser, ports

APP = create_app(alone(ports()))
HERE = {"Host": "localhost"}
SCHEMA = schemathesis.openapi.from_asgi("/api/v1/openapi.json", APP, headers=HERE)
TOKEN = {"Authorization": "Bearer of the page"}
LOCKED = schemathesis.openapi.from_asgi(
    "/api/v1/openapi.json", create_app(alone(ports()), token=SecretStr("of the page")), headers=TOKEN
)
FEW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@SCHEMA.parametrize()
@FEW
def test_the_api_keeps_to_its_own_document(case: schemathesis.Case[Any]) -> None:
    """By all of schemathesis' checks: status, type, schema, methods that are not there, data that is not valid."""
    case.call_and_validate(headers=HERE)


@LOCKED.parametrize()
@FEW
def test_behind_a_token_the_api_keeps_to_its_own_document(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(headers=TOKEN)


@LOCKED.parametrize()
@FEW
def test_without_the_token_nothing_is_answered(case: schemathesis.Case[Any]) -> None:
    for given in ({}, {"Authorization": "Bearer of another page"}, {"Authorization": "Basic !"}):
        answer = case.call(headers=given)
        assert answer.status_code in {401, 429}  # whoever tries on and on is told to wait
    assert "incident" not in answer.text


async def test_the_status_says_what_the_page_says() -> None:
    async with browser(APP) as client:
        status = (await client.get("/api/v1/status")).json()
    assert status["state"] == "severe"
    assert status["headline"].startswith("Sending mail fails.")
    assert status["open_incidents"] == ["i1", "i2"]
    assert status["directions"][0] == {
        "direction": "outbound",
        "state": "severe",
        "symptoms": ["send_fails"],
        "last_arrived": "2023-07-18T08:40:00Z",
        "last_latency": 9.0,
        "usual_latency": 6.0,
        "last_accepted": None,
        "last_legs": [],
        "skews": [],
        "junk": None,
        "recent": {
            "sent": 10,
            "arrived": 6,
            "refused": 4,
            "bounced": 0,
            "late": 0,
            "waiting": 0,
            "junk": 0,
            "twice": 0,
        },
    }
    assert status["sources"][1] == {"source": "tests:office", "last_read": None, "blind_since": "2023-07-18T06:00:00Z"}


@pytest.mark.parametrize(
    ("query", "ids"), [("", ["i1", "i2", "i0"]), ("?state=open", ["i1", "i2"]), ("?state=past", ["i0"])]
)
async def test_incidents_are_those_asked_for(query: str, ids: list[str]) -> None:
    async with browser(APP) as client:
        answer = (await client.get(f"/api/v1/incidents{query}")).json()
    assert [incident["id"] for incident in answer["incidents"]] == ids


async def test_an_incident_holds_measurements_and_claims_with_both_times() -> None:
    async with browser(APP) as client:
        incident = (await client.get("/api/v1/incidents")).json()["incidents"][0]
    assert incident["measured"][1]["symptom"] == "send_fails"
    assert incident["measured"][1]["reply"] == "503 5.5.1 Bad sequence of commands"
    (advisory,) = incident["advisories"]
    assert (advisory["id"], advisory["first_seen"]) == ("EX649175", "2023-07-18T07:32:00Z")
    assert datetime.fromisoformat(advisory["start"]) == at(18, 5, 32)


async def test_an_unknown_state_is_refused() -> None:
    async with browser(APP) as client:
        assert (await client.get("/api/v1/incidents?state=odd")).status_code == 422


async def test_every_path_and_field_of_the_document_has_words() -> None:
    document = build().openapi()
    assert set(document["paths"]) == {"/status", "/incidents", "/overview"}
    assert all(operation["get"]["description"] for operation in document["paths"].values())
    ours = {name: one for name, one in document["components"]["schemas"].items() if "Validation" not in name}
    assert [name for name, one in ours.items() if not one.get("description")] == []


async def test_the_document_names_the_address_that_the_api_is_at() -> None:
    async with browser(APP) as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    assert document["servers"] == [{"url": "/api/v1"}]
    OAS31Validator.check_schema(document["components"]["schemas"]["Status"])


async def test_nothing_of_the_api_asks_for_scripts_from_elsewhere() -> None:
    async with browser(APP) as client:
        assert (await client.get("/api/v1/docs")).status_code == 404
