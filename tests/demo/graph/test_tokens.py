"""Tokens, asked for by the real msal."""

import asyncio
from typing import Any

import msal
import pytest
import requests

from bot.demo.authority import Authority
from bot.demo.faults import html_answer
from tests.demo.graph.conftest import REGISTRATION, Asked

SCOPE = "https://graph.microsoft.com/.default"
ASSERTION = {"client_assertion": lambda: "signed.assertion.text"}


def ask(url: str, authority: Authority, credential: object, scope: str = SCOPE) -> dict[str, Any]:
    """Ask as the bot does, blocking."""
    with requests.Session() as http:
        # REQUESTS_CA_BUNDLE in the environment would win over a session's own setting.
        http.trust_env, http.verify = False, str(authority.ca_file)
        app = msal.ConfidentialClientApplication(
            REGISTRATION.client_id,
            client_credential=credential,
            authority=f"{url}/{REGISTRATION.tenant_id}",
            instance_discovery=False,
            http_client=http,
        )
        return dict(app.acquire_token_for_client([scope]))


@pytest.mark.parametrize("credential", [REGISTRATION.client_secret, ASSERTION], ids=["secret", "assertion"])
async def test_msal_gets_a_token_that_opens_graph(asked: Asked, authority: Authority, credential: object) -> None:
    """From discovery to the first answer."""
    answer = await asyncio.to_thread(ask, asked.url, authority, credential)
    assert answer["expires_in"] == 3599
    opened = await asked.get("/issues", Authorization=f"Bearer {answer['access_token']}")
    assert opened.status_code == 200


async def test_a_wrong_secret_gets_the_error_that_entra_gives(asked: Asked, authority: Authority) -> None:
    """With its number, by which advice is found."""
    answer = await asyncio.to_thread(ask, asked.url, authority, "wrong")
    assert answer["error"] == "invalid_client"
    assert "AADSTS7000215" in answer["error_description"]


async def test_a_scope_of_single_permissions_is_refused(asked: Asked, authority: Authority) -> None:
    """Client credentials know only .default."""
    answer = await asyncio.to_thread(ask, asked.url, authority, REGISTRATION.client_secret, "Mail.Read")
    assert answer["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("change", "error"),
    [({"grant_type": "password"}, "unsupported_grant_type"), ({"client_id": "other"}, "unauthorized_client")],
)
async def test_what_is_no_client_credentials_request_is_refused(
    asked: Asked, change: dict[str, str], error: str
) -> None:
    """By the name of what is wrong."""
    right = {"grant_type": "client_credentials", "scope": SCOPE, "client_id": "app", "client_secret": "s3cret"}
    answer = await asked.http.post(f"{asked.url}/{REGISTRATION.tenant_id}/oauth2/v2.0/token", data={**right, **change})
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_revoked_token_opens_nothing(asked: Asked) -> None:
    """As after an administrator's order."""
    asked.tokens.revoke_all()
    assert (await asked.get("/issues")).status_code == 401


async def test_the_token_endpoint_can_be_broken_as_well(asked: Asked) -> None:
    """Its faults are Graph's, by path."""
    asked.graph.faults.switch_on(html_answer(502), path="/oauth2/")
    answer = await asked.http.post(f"{asked.url}/{REGISTRATION.tenant_id}/oauth2/v2.0/token")
    assert answer.status_code == 502
    assert (await asked.get("/issues")).status_code == 200
