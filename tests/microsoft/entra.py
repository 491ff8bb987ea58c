"""An Entra in memory: what msal asks over requests, it answers."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import requests
from pydantic import SecretStr
from requests.adapters import BaseAdapter

from bot.microsoft import ClientSecret, EntraApp, EntraTokens

APP_SECRET = "hunter2-of-the-app"
LOGIN = "https://login.test.example"
APP = EntraApp(credential=ClientSecret(secret=SecretStr(APP_SECRET)), tenant="contoso", client_id="c11e27", login=LOGIN)


class FakeEntra(BaseAdapter):
    """Answers OIDC discovery and the token endpoint; ``refusal`` is an AADSTS error, ``status`` an HTTP one."""

    def __init__(self) -> None:
        """Begin with an Entra that gives a token to anybody."""
        super().__init__()
        self.status = 200
        self.refusal: dict[str, Any] | None = None
        self.asked: list[dict[str, str]] = []
        self.discovered = 0
        self.lifetime = 3600
        self.limit: object = None

    def send(self, request: requests.PreparedRequest, *_: object, **options: object) -> requests.Response:
        """Answer one request."""
        self.limit = options.get("timeout")
        url = str(request.url)
        if "openid-configuration" in url:
            self.discovered += 1
            return _response(request, self.status, discovery())
        if "169.254.169.254" in url:
            self.asked.append({"resource": str(re.search(r"resource=([^&]+)", url))})
            return _response(request, self.status, {"access_token": "machine", "expires_in": "3600", "resource": "r"})
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        self.asked.append({name: values[0] for name, values in parse_qs(body).items()})
        if self.refusal is not None:
            return _response(request, 401, self.refusal)
        token = {"access_token": f"token-{len(self.asked)}", "expires_in": self.lifetime, "token_type": "Bearer"}
        return _response(request, self.status, token)

    def close(self) -> None:
        """Nothing to let go."""

    def tokens(self, app: EntraApp = APP) -> EntraTokens:
        """Make tokens of an app that asks here."""
        session = requests.Session()
        session.mount("https://", self)
        session.mount("http://", self)
        return EntraTokens(app, http=session)


def discovery(base: str = f"{LOGIN}/contoso") -> dict[str, str]:
    """Give what Entra says of its own endpoints."""
    return {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
    }


def refusal(number: int, text: str, error: str = "invalid_client") -> dict[str, Any]:
    """Give a refusal as Entra writes it."""
    return {"error": error, "error_description": f"AADSTS{number}: {text}\r\nTrace ID: 1", "error_codes": [number]}


def _response(request: requests.PreparedRequest, status: int, body: Mapping[str, object]) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = json.dumps(body).encode()
    response.url = str(request.url)
    return response
