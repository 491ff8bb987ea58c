"""The identity platform's part that msal needs for client credentials."""

import base64
import json
import random
from collections import deque
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.forms import form

_LIFE_SECONDS = 3599
_MOST_TOKENS = 1000
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An application that may ask for tokens; a signed assertion is taken in place of its secret, unread."""

    tenant_id: str
    client_id: str
    client_secret: str = field(repr=False)


class Tokens:
    """Issues bearer tokens, and knows the last thousand of them."""

    def __init__(self, registration: Registration, *, rng: random.Random) -> None:
        """Issue tokens to one application."""
        self._registration = registration
        self._rng = rng
        self._known: deque[str] = deque(maxlen=_MOST_TOKENS)

    def issue(self) -> str:
        """Give a new token, which can be read as a JWT like the real ones, and is signed by nobody."""
        said = {"appid": self._registration.client_id, "jti": f"{self._rng.getrandbits(128):032x}"}
        token = f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(said)}.unsigned"
        self._known.append(token)
        return token

    def knows(self, token: str) -> bool:
        """Tell whether this token was issued and not revoked since."""
        return token in self._known

    def revoke_all(self) -> None:
        """Let no token that was issued so far open anything."""
        self._known.clear()

    def routes(self) -> list[Route]:
        """Give the two addresses that msal asks."""
        tenant = self._registration.tenant_id
        return [
            Route(f"/{tenant}/v2.0/.well-known/openid-configuration", self._discovery),
            Route(f"/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
        ]

    async def _discovery(self, request: Request) -> Response:
        authority = f"{request.base_url}{self._registration.tenant_id}"
        return JSONResponse(
            {
                "issuer": f"{authority}/v2.0",
                "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
                "token_endpoint": f"{authority}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            }
        )

    async def _token(self, request: Request) -> Response:
        given = await form(request)
        wrong = self._complaint(given)
        if wrong:
            return JSONResponse({"error": wrong[0], "error_description": wrong[1]}, status_code=wrong[2])
        return JSONResponse({"token_type": "Bearer", "expires_in": _LIFE_SECONDS, "access_token": self.issue()})

    def _complaint(self, given: dict[str, str]) -> tuple[str, str, int] | None:
        """Give error, description and HTTP status for a request that deserves no token."""
        if given.get("grant_type") != "client_credentials":
            return "unsupported_grant_type", "AADSTS70003: Only client_credentials is served here.", 400
        if not given.get("scope", "").endswith("/.default"):
            return "invalid_scope", "AADSTS70011: The scope must end in /.default for client credentials.", 400
        if given.get("client_id") != self._registration.client_id:
            return "unauthorized_client", "AADSTS700016: The application was not found in the directory.", 400
        asserted = given.get("client_assertion_type") == _ASSERTION and given.get("client_assertion")
        if not asserted and given.get("client_secret") != self._registration.client_secret:
            return "invalid_client", "AADSTS7000215: Invalid client secret provided.", 401
        return None


def _part(said: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
