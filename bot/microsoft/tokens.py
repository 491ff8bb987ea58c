"""App-only tokens by msal, which is synchronous: in a thread, one call at a time, with a limit."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import msal
import requests
from msal.exceptions import MsalServiceError
from pydantic import SecretStr
from requests.adapters import HTTPAdapter

from bot.microsoft.clouds import GLOBAL
from bot.microsoft.credentials import Certificate, ClientSecret, Credential, FederatedTokenFile, ManagedIdentity
from bot.microsoft.errors import GraphError, token_advice
from bot.microsoft.http import trust

TokenSource: TypeAlias = Callable[[], Awaitable[SecretStr]]

REQUEST_SECONDS = 10.0
CALL_SECONDS = 30.0
AT_ONCE = 8
# msal gives a failure from its memory for five seconds before it asks again.
PAUSE = timedelta(seconds=6)
PASSING = {"temporarily_unavailable", "server_error", "throttled", "too_many_requests", None}
PKCS12 = {".pfx", ".p12"}


class MsalApp(Protocol):
    """What we use of msal's two kinds of client."""

    def acquire_token_for_client(self, scopes: list[str]) -> dict[str, Any] | None:
        """Return a token, or a dict that holds an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraApp:
    """An app registration, or a machine's identity, and where it signs in."""

    credential: Credential
    tenant: str = ""
    client_id: str = ""
    login: str = GLOBAL.login
    ca_bundle: Path | None = None


class EntraTokens:
    """Gives tokens for one app; msal keeps them and renews them five minutes before they end."""

    def __init__(self, app: EntraApp, *, http: requests.Session | None = None) -> None:
        """Remember how to sign in; the first token makes the first connection."""
        self._app = app
        self._http = http
        self._client: MsalApp | None = None
        self._lock = asyncio.Lock()

    @property
    def name(self) -> str:
        """Name the app in its tenant, as Graph counts requests."""
        return f"{self._app.tenant} {self._app.client_id}"

    @property
    def client_id(self) -> str:
        """The app's id, for advice; empty for a machine's own identity."""
        return self._app.client_id

    def source(self, scope: str) -> TokenSource:
        """Bind a scope (``https://host/.default``) to a callable that gives its token."""

        async def token() -> SecretStr:
            return await self.token(scope)

        return token

    def forget(self) -> None:
        """Drop all tokens, for when one is refused before its time."""
        self._client = None

    async def token(self, scope: str) -> SecretStr:
        """Return a token that is good for five minutes at least; raises GraphError."""
        async with self._lock:
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    answer = await asyncio.get_running_loop().run_in_executor(_threads(), self._acquire, scope)
            except TimeoutError as error:
                raise GraphError(
                    f"Entra did not answer within {CALL_SECONDS:.0f} seconds", retry_after=PAUSE
                ) from error
        return self._read(answer)

    def _acquire(self, scope: str) -> dict[str, Any]:
        try:
            if self._client is None:
                self._client = self._build()
            return self._client.acquire_token_for_client([scope]) or {}
        except (requests.RequestException, MsalServiceError, json.JSONDecodeError, RuntimeError) as error:
            # RuntimeError: msal was sent elsewhere, as by the sign-in page of a network.
            raise GraphError(f"Entra cannot be asked for a token: {_brief(error)}", retry_after=PAUSE) from error
        except (ValueError, OSError, msal.ManagedIdentityError) as error:
            raise GraphError(f"The app cannot sign in: {_brief(error)}", permanent=True) from error

    def _build(self) -> MsalApp:
        if isinstance(self._app.credential, ManagedIdentity):
            return _Machine(self._app.credential, self._session())
        return msal.ConfidentialClientApplication(  # type: ignore[no-any-return]  # msal has no types
            self._app.client_id,
            authority=f"{self._app.login}/{self._app.tenant}",
            client_credential=credential_for_msal(self._app.credential),
            http_client=self._session(),
            instance_discovery=False,
            azure_region=False,
        )

    def _session(self) -> requests.Session:
        return self._http or shared_session(self._app.ca_bundle)

    def _read(self, answer: dict[str, Any]) -> SecretStr:
        token = answer.get("access_token")
        if isinstance(token, str):
            return SecretStr(token)
        said = str(answer.get("error_description") or answer.get("error") or "no token and no reason").splitlines()[0]
        advice = token_advice([int(code) for code in answer.get("error_codes") or ()], self._app.client_id)
        raise GraphError(
            f"Entra gives no token: {said} {advice}".strip(),
            code=str(answer.get("error") or ""),
            permanent=answer.get("error") not in PASSING,
            retry_after=PAUSE,
        )


class _Machine:
    """Managed identity behind the shape of an app: it wants a resource where an app wants scopes."""

    def __init__(self, identity: ManagedIdentity, http: requests.Session) -> None:
        chosen = (
            msal.UserAssignedManagedIdentity(client_id=identity.client_id)
            if identity.client_id
            else msal.SystemAssignedManagedIdentity()
        )
        self._client = msal.ManagedIdentityClient(chosen, http_client=http)

    def acquire_token_for_client(self, scopes: list[str]) -> dict[str, Any] | None:
        """Ask the machine's own endpoint."""
        answer: dict[str, Any] | None = self._client.acquire_token_for_client(
            resource=scopes[0].removesuffix("/.default")
        )
        return answer


class _Trusting(HTTPAdapter):
    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # as the parent has it
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)


class TimedSession(requests.Session):
    """A session whose every request has a limit and follows no redirect: msal sees to neither."""

    def __init__(self, ca_bundle: Path | None = None) -> None:
        """Trust the public authorities, and those in the file besides."""
        super().__init__()
        self.mount("https://", _Trusting(trust(ca_bundle)))

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401  # as the parent has it
        """Send with a limit, and nowhere else than to whom it is for: the request bears the app's secret."""
        kwargs["allow_redirects"] = False
        kwargs["timeout"] = kwargs.get("timeout") or REQUEST_SECONDS
        return super().request(method, url, *args, **kwargs)


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """Give threads of our own: what hangs at Entra keeps no thread from whoever else needs one."""
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="entra")


@lru_cache(maxsize=16)
def shared_session(ca_bundle: Path | None) -> TimedSession:
    """Give the one session of all apps: thousands of tenants sign in at one place, by a few connections that are kept.

    It keeps no cookies, as those of one tenant are no other's business.
    """
    session = TimedSession(ca_bundle)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def credential_for_msal(credential: Certificate | ClientSecret | FederatedTokenFile) -> str | dict[str, object]:
    """Put a credential in the form that msal wants; raises OSError if its file cannot be read."""
    if isinstance(credential, ClientSecret):
        return credential.secret.get_secret_value()
    if isinstance(credential, FederatedTokenFile):
        return {"client_assertion": lambda: credential.path.read_text(encoding="ascii").strip()}
    passphrase = credential.passphrase.get_secret_value() if credential.passphrase else None
    if credential.path.suffix.lower() in PKCS12:
        return {"private_key_pfx_path": str(credential.path), "passphrase": passphrase, "public_certificate": True}
    pem = credential.path.read_text(encoding="ascii")
    return {"private_key": pem, "public_certificate": pem, **({"passphrase": passphrase} if passphrase else {})}


def _brief(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:300] or type(error).__name__
