"""A Graph to ask."""

import random
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from bot.demo.authority import Authority
from bot.demo.clock import StoryClock
from bot.demo.graph import Graph, Registration, Tokens
from bot.demo.graph.service import BASE
from bot.demo.served import served

REGISTRATION = Registration(tenant_id="11111111-2222-4333-8444-555555555555", client_id="app", client_secret="s3cret")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A Graph that is served, and a client with a token."""

    graph: Graph
    tokens: Tokens
    url: str
    http: httpx.AsyncClient
    context: ssl.SSLContext

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a path under service announcements."""
        return await self.http.get(f"{self.url}{BASE}{path}", headers=headers)


@pytest.fixture
async def asked(authority: Authority, clock: StoryClock, rng: random.Random) -> AsyncIterator[Asked]:
    """Serve a Graph with nothing to report."""
    tokens = Tokens(REGISTRATION, rng=rng)
    graph, context = Graph(clock=clock, tokens=tokens), authority.client_context()
    headers = {"Authorization": f"Bearer {tokens.issue()}"}
    async with (
        served(graph.app(), authority=authority) as port,
        httpx.AsyncClient(verify=context, headers=headers, trust_env=False) as http,
    ):
        yield Asked(graph=graph, tokens=tokens, url=f"https://localhost:{port}", http=http, context=context)
