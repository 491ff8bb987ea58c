import asyncio
import dataclasses
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from bot.microsoft import Certificate, EntraApp, EntraTokens, FederatedTokenFile, GraphError, ManagedIdentity
from bot.microsoft.tokens import TimedSession, shared_session
from tests.certificates import serving, write_certificate
from tests.microsoft.entra import APP, APP_SECRET, FakeEntra, discovery, refusal

SCOPE = "https://graph.microsoft.com/.default"


async def test_a_token_is_asked_for_with_the_secret_and_kept() -> None:
    """A second call makes no request."""
    entra = FakeEntra()
    tokens = entra.tokens()
    assert (await tokens.token(SCOPE)).get_secret_value() == "token-1"
    assert (await tokens.token(SCOPE)).get_secret_value() == "token-1"
    (asked,) = entra.asked
    assert (asked["grant_type"], asked["scope"], asked["client_id"]) == ("client_credentials", SCOPE, "c11e27")
    assert asked["client_secret"] == APP_SECRET


async def test_many_calls_at_once_ask_once() -> None:
    """Msal alone would ask several times."""
    entra = FakeEntra()
    tokens = entra.tokens()
    await asyncio.gather(*(tokens.token(SCOPE) for _ in range(8)))
    assert (len(entra.asked), entra.discovered) == (1, 1)


async def test_a_token_about_to_end_is_replaced() -> None:
    """Five minutes are left at least."""
    entra = FakeEntra()
    entra.lifetime = 200
    tokens = entra.tokens()
    await tokens.token(SCOPE)
    assert (await tokens.token(SCOPE)).get_secret_value() == "token-2"


async def test_forgotten_tokens_are_asked_for_again() -> None:
    """For when one was revoked."""
    entra = FakeEntra()
    tokens = entra.tokens()
    await tokens.token(SCOPE)
    tokens.forget()
    assert (await tokens.token(SCOPE)).get_secret_value() == "token-2"


async def test_a_source_is_bound_to_its_scope() -> None:
    """Mail and Graph want different tokens."""
    entra = FakeEntra()
    assert (await entra.tokens().source("https://outlook.office365.com/.default")()).get_secret_value() == "token-1"
    assert entra.asked[0]["scope"] == "https://outlook.office365.com/.default"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (7000215, "wants the secret's value, not its id"),
        (7000222, "az ad app credential reset --id c11e27"),
        (700016, "check AZURE_CLIENT_ID and AZURE_TENANT_ID"),
        (700027, "upload its public part to the app c11e27"),
        (65001, "admin-consent --id c11e27"),
        (90002, "no such tenant"),
        (700024, "this machine's clock"),
    ],
)
async def test_a_refused_token_says_what_to_do(number: int, words: str) -> None:
    """Each cause has its own remedy, and the first line of Entra's own words."""
    entra = FakeEntra()
    entra.refusal = refusal(number, "No.")
    with pytest.raises(GraphError) as caught:
        await entra.tokens().token(SCOPE)
    assert f"AADSTS{number}: No." in str(caught.value)
    assert words in str(caught.value)
    assert "Trace" not in str(caught.value)
    assert APP_SECRET not in str(caught.value)
    assert caught.value.permanent


async def test_a_refusal_that_nobody_knows_keeps_entras_words() -> None:
    """Nothing is made up."""
    entra = FakeEntra()
    entra.refusal = refusal(424242, "Something new.")
    with pytest.raises(GraphError, match=r"AADSTS424242: Something new\.$"):
        await entra.tokens().token(SCOPE)


async def test_an_entra_that_fails_is_worth_another_try() -> None:
    """After msal's own pause."""
    entra = FakeEntra()
    entra.status = 503
    with pytest.raises(GraphError, match="503") as caught:
        await entra.tokens().token(SCOPE)
    assert not caught.value.permanent
    assert caught.value.retry_after


async def test_a_tenant_that_does_not_exist_is_said() -> None:
    """Discovery answers 400."""
    entra = FakeEntra()
    entra.status = 400
    with pytest.raises(GraphError, match="tenant") as caught:
        await entra.tokens().token(SCOPE)
    assert caught.value.permanent


async def test_an_authority_that_is_no_https_address_is_said() -> None:
    """Msal takes no other."""
    with pytest.raises(GraphError, match="https"):
        await FakeEntra().tokens(dataclasses.replace(APP, login="http://plain.example")).token(SCOPE)


def rsa_certificate(folder: Path, passphrase: bytes | None, suffix: str) -> Path:
    pem = write_certificate(folder, rsa=True).read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    certificate = x509.load_pem_x509_certificate(pem)
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    path = folder / f"app{suffix}"
    if suffix == ".pfx":
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"app", key, certificate, None, lock))  # type: ignore[arg-type]  # it is an RSA key
    else:
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
        path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize("suffix", [".pem", ".pfx"])
@pytest.mark.parametrize("passphrase", [None, "hunter2"])
async def test_a_certificate_signs_an_assertion(tmp_path: Path, suffix: str, passphrase: str | None) -> None:
    """Whatever the form of its file, with the modern thumbprint."""
    path = rsa_certificate(tmp_path, passphrase.encode() if passphrase else None, suffix)
    entra = FakeEntra()
    credential = Certificate(path=path, passphrase=SecretStr(passphrase) if passphrase else None)
    await entra.tokens(dataclasses.replace(APP, credential=credential)).token(SCOPE)
    assertion = entra.asked[0]["client_assertion"]
    assert "x5t#S256" in jwt.get_unverified_header(assertion)


async def test_a_certificate_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """With the file's name."""
    credential = Certificate(path=tmp_path / "gone.pem")
    with pytest.raises(GraphError, match=r"gone\.pem"):
        await FakeEntra().tokens(dataclasses.replace(APP, credential=credential)).token(SCOPE)


async def test_a_federated_token_is_read_anew_each_time(tmp_path: Path) -> None:
    """Its file is replaced while we run."""
    path = tmp_path / "token"
    path.write_text("first\n")
    entra = FakeEntra()
    entra.lifetime = 200
    tokens = entra.tokens(dataclasses.replace(APP, credential=FederatedTokenFile(path=path)))
    await tokens.token(SCOPE)
    path.write_text("second\n")
    await tokens.token(SCOPE)
    assert [asked["client_assertion"] for asked in entra.asked] == ["first", "second"]


@pytest.mark.parametrize("client_id", [None, "c11e27"])
async def test_a_managed_identity_asks_the_machine(client_id: str | None) -> None:
    """With a resource where an app has a scope."""
    entra = FakeEntra()
    tokens = entra.tokens(EntraApp(credential=ManagedIdentity(client_id=client_id)))
    assert (await tokens.token(SCOPE)).get_secret_value() == "machine"
    assert "graph.microsoft.com" in entra.asked[0]["resource"]
    assert ".default" not in entra.asked[0]["resource"]


async def test_a_stand_in_over_https_is_trusted_by_its_own_authority(tmp_path: Path) -> None:
    """Real TLS on loopback, and a limit on each request."""
    pem = write_certificate(tmp_path)
    with HTTPServer(host="127.0.0.1", ssl_context=serving(pem)) as server:
        base = server.url_for("/contoso")
        server.expect_request("/contoso/v2.0/.well-known/openid-configuration").respond_with_json(discovery(base))
        server.expect_request("/contoso/oauth2/v2.0/token").respond_with_json(
            {"access_token": "real", "expires_in": 3600, "token_type": "Bearer"}
        )
        app = dataclasses.replace(APP, login=server.url_for("").rstrip("/"), ca_bundle=pem)
        assert (await EntraTokens(app).token(SCOPE)).get_secret_value() == "real"
        with pytest.raises(GraphError, match="certificate"):
            await EntraTokens(dataclasses.replace(app, ca_bundle=None)).token(SCOPE)


def test_every_request_has_a_limit() -> None:
    """Msal sets none when it is given a session."""
    session, entra = TimedSession(), FakeEntra()
    session.mount("https://", entra)
    session.get("https://login.test.example/openid-configuration")
    assert entra.limit == 10.0


async def test_all_tenants_sign_in_over_the_same_connections_and_share_no_cookie(
    httpserver: HTTPServer,
) -> None:
    """Ten thousand sessions would be as many connections to one place."""
    httpserver.expect_request("/").respond_with_data("in", headers={"Set-Cookie": "who=contoso; Path=/"})
    session = shared_session(None)
    assert session is shared_session(None)
    await asyncio.to_thread(session.get, httpserver.url_for("/"))
    assert len(session.cookies) == 0
