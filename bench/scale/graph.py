"""Service health and sign-in for any number of tenants: the answers of ``bot.demo.graph``, which a test compares."""

import json
import time
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from bench.scale.wire import Asked, answer, json_answer

Issue: TypeAlias = Mapping[str, Any]

ISSUES = "/v1.0/admin/serviceAnnouncement/issues"
DISCOVERY, TOKEN = "/v2.0/.well-known/openid-configuration", "/oauth2/v2.0/token"
CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#admin/serviceAnnouncement"
LIFE_SECONDS = 3599
UNKNOWN_IDS = dict.fromkeys(("request-id", "client-request-id"), "3f1c2a60-0000-4000-8000-00000000d3e0")


class Graph:
    """Every tenant has some of the standing issues listed, and those that were published for it."""

    def __init__(self, host: str, secret: str, standing: list[Issue], *, listed: int) -> None:
        """Take our own address, the one secret of all apps, what there is to list, and how much of it a tenant has."""
        self._host = host
        self._secret = secret
        self._standing = standing
        self._listed = listed
        self._published: list[tuple[Issue, int]] = []
        self._pages: dict[frozenset[int], bytes] = {}
        self.asked = {"issues": 0, "one issue": 0, "token": 0, "discovery": 0}
        """How many requests of each kind came."""
        self._read: dict[str, float] = {}
        self._longest = 0.0

    def publish(self, issue: Issue, one_in: int) -> None:
        """List an issue from now on for one tenant in so many, in place of the one with the same id."""
        kept = [(old, each) for old, each in self._published if old["id"] != issue["id"]]
        self._published = [*kept, (issue, one_in)]
        self._pages.clear()

    def gaps(self) -> dict[str, float]:
        """Tell how many tenants were ever read, and the longest anybody went without since this was last asked."""
        now, longest = time.time(), self._longest
        self._longest = 0.0
        return {"known": len(self._read), "longest": max([longest, *(now - at for at in self._read.values())])}

    def issues(self, tenant: str) -> list[Issue]:
        """Give what a tenant has listed."""
        return [self._all[number] for number in sorted(self._numbers(tenant))]

    def answer(self, asked: Asked) -> bytes:
        """Answer one request."""
        path = asked.path
        if path.endswith(DISCOVERY):
            return self._discovery(path.removesuffix(DISCOVERY))
        if path.endswith(TOKEN):
            return self._token(path.removesuffix(TOKEN).strip("/"), asked)
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token.startswith("demo."):
            return _error(401, "InvalidAuthenticationToken", "Access token is empty, unknown or expired.")
        tenant = token.split(".")[1]
        return self._list(tenant) if path == ISSUES else self._one(tenant, path.removeprefix(f"{ISSUES}/"))

    @property
    def _all(self) -> list[Issue]:
        return [*self._standing, *(issue for issue, _ in self._published)]

    def _numbers(self, tenant: str) -> frozenset[int]:
        start = place(tenant) % len(self._standing)
        own = {(start + step) % len(self._standing) for step in range(self._listed)}
        hit = {len(self._standing) + n for n, (_, each) in enumerate(self._published) if place(tenant) % each == 0}
        return frozenset(own | hit)

    def _list(self, tenant: str) -> bytes:
        self.asked["issues"] += 1
        now = time.time()
        self._longest = max(self._longest, now - self._read.get(tenant, now))
        self._read[tenant] = now
        numbers = self._numbers(tenant)
        if numbers not in self._pages:
            body = {"@odata.context": f"{CONTEXT}/issues", "value": self.issues(tenant)}
            self._pages[numbers] = json_answer(body)
        return self._pages[numbers]

    def _one(self, tenant: str, id_: str) -> bytes:
        self.asked["one issue"] += 1
        found = next((issue for issue in self.issues(tenant) if issue["id"] == id_), None)
        if found is None:
            return _error(404, "UnknownError", "")
        return json_answer({"@odata.context": f"{CONTEXT}/issues/$entity", **found})

    def _discovery(self, tenant: str) -> bytes:
        self.asked["discovery"] += 1
        authority = f"{self._host}{tenant}"
        return json_answer(
            {
                "issuer": f"{authority}/v2.0",
                "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
                "token_endpoint": f"{authority}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            }
        )

    def _token(self, tenant: str, asked: Asked) -> bytes:
        self.asked["token"] += 1
        given = parse_qs(asked.body.decode())
        if given.get("client_secret") != [self._secret]:
            said = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}
            return json_answer(said, 401)
        token = f"demo.{tenant}.{self.asked['token']:x}"
        return json_answer({"token_type": "Bearer", "expires_in": LIFE_SECONDS, "access_token": token})


def place(tenant: str) -> int:
    """Give a number that is the same for a tenant in every process."""
    return int.from_bytes(blake2b(tenant.encode(), digest_size=4).digest())


def standing(file: str) -> list[Issue]:
    """Read issues, one a line."""
    return [json.loads(line) for line in file.splitlines()]


def _error(status: int, code: str, message: str) -> bytes:
    inner = {"date": "2026-11-29T00:00:00", **UNKNOWN_IDS}
    return answer(status, json.dumps({"error": {"code": code, "message": message, "innerError": inner}}).encode())
