"""A bot of the real SDK between a stand-in of Teams and our own commands."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from pydantic import SecretStr

from bot.demo.chat.connector import OPENID, Connector
from bot.demo.served import served
from bot.store import Store
from bot.subscribers import Subscribers
from bot.types import Order, Person, Reported, Snapshot
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.subscriptions import Subscriptions
from handlers.teams.bot.api import BotApp, TeamsApi
from handlers.teams.bot.dialogue import Dialogue
from handlers.teams.bot.listen import PATH, BotListener
from handlers.teams.bot.places import Places
from handlers.teams.bot.send import BotSender
from handlers.teams.bot.wire import CLOUDS, Wire
from tests.handlers.asgi import Answered, receiving
from tests.handlers.asking import by_place
from tests.handlers.examples import PATIENT, TestClock, snapshot

APP = "2f4e6a8c-1111-2222-3333-444455556666"
TENANT = "8e6f1a0c-1111-2222-3333-444455556666"
CHANNEL = "19:f1d2@thread.tacv2"
CHAT = "a:1pcbGxUYVpnSXhfZ2VuZXJhbF9jaGF0"
TEAM = "19:team@thread.tacv2"
OUTGOING = jwt.encode({"appid": APP}, "of the bot, which Teams reads and we do not", algorithm="HS256")
"""The token that the bot sends."""


class Signer:
    """Signs requests as Teams does."""

    def __init__(self) -> None:
        """Make a key."""
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        self.keys = {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256", "endorsements": ["msteams"]}]}

    def token(self, service_url: str, *, kid: str = "1", **changes: object) -> str:
        """Sign a token for the bot, and say by which key."""
        now = datetime.now(UTC)  # noqa: TID251 - the SDK checks a token against the machine's clock
        claims = {
            "iss": "https://api.botframework.com",
            "aud": APP,
            "serviceurl": service_url,
            "iat": now,
            "exp": now + timedelta(minutes=10),
        }
        return jwt.encode({**claims, **changes}, self._key, algorithm="RS256", headers={"kid": kid})


@dataclass(kw_only=True)
class Rig:
    """Everything that a test needs."""

    teams: Connector
    url: str
    api: TeamsApi
    listener: BotListener
    dialogue: Dialogue
    clock: TestClock
    store: Store
    signer: Signer
    orders: list[Order]
    reports: list[Reported]

    def sender(self, conversation: str = CHANNEL, mention: str = "") -> BotSender:
        """Give a destination of the bot."""
        return BotSender(self.api, conversation, clock=self.clock, mention=mention)

    def activity(self, **changes: object) -> dict[str, Any]:
        """Give a mention in a channel, as Teams posts it."""
        return activity(self.url, **changes)

    async def deliver(self, given: object, *, token: str | None = None, body: bytes | None = None) -> Answered:
        """Post an activity to the bot, signed unless told otherwise, and wait for what it started."""
        signed = f"Bearer {self.signer.token(self.url)}" if token is None else token
        raw = [(b"authorization", signed.encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": PATH, "headers": raw}
        answered = Answered()
        await self.listener(scope, receiving(json.dumps(given).encode() if body is None else body), answered.send)
        await self.dialogue.desks.saving.drain()
        return answered


def activity(url: str, **changes: object) -> dict[str, Any]:
    """Give a mention in a channel, as Teams posts it to a bot at ``url``."""
    said: dict[str, Any] = {
        "type": "message",
        "id": "1700000000001",
        "timestamp": "2023-07-18T05:09:00.000Z",
        "serviceUrl": url,
        "channelId": "msteams",
        "from": {"id": "29:1ana", "name": "Ana Ruiz", "aadObjectId": "0b1d-ana"},
        "conversation": {
            "id": f"{CHANNEL};messageid=1700000000001",
            "conversationType": "channel",
            "isGroup": True,
            "tenantId": TENANT,
        },
        "recipient": {"id": f"28:{APP}", "name": "mailstatus"},
        "text": "<at>mailstatus</at>&nbsp;details",
        "textFormat": "plain",
        "entities": [
            {
                "type": "mention",
                "mentioned": {"id": f"28:{APP}", "name": "mailstatus"},
                "text": "<at>mailstatus</at>",
            },
            {"type": "clientInfo", "locale": "en-US", "country": "US", "platform": "Web"},
        ],
        "channelData": {"tenant": {"id": TENANT}, "channel": {"id": CHANNEL}, "team": {"id": TEAM}},
    }
    return {**said, **changes}


def personal(url: str, text: str, **changes: object) -> dict[str, Any]:
    """Give what a person writes to the bot alone."""
    chat = {"id": CHAT, "conversationType": "personal", "tenantId": TENANT}
    own = {"conversation": chat, "text": text, "entities": [], "channelData": {"tenant": {"id": TENANT}}}
    return activity(url, **{**own, **changes})


def press(url: str, verb: str, incident: str = "1", **changes: object) -> dict[str, Any]:
    """Give the press of a button on a card of the bot."""
    value = {"action": {"type": "Action.Execute", "verb": verb, "data": {"incident": incident}}, "trigger": "manual"}
    pressed = {"type": "invoke", "name": "adaptiveCard/action", "value": value, "text": None, "entities": None}
    return activity(url, **{**pressed, "id": f"f:{verb}", "replyToId": "1700000000000", **changes})


@dataclass
class Saved:
    """Where what people change goes."""

    orders: list[Order] = field(default_factory=list)
    reports: list[Reported] = field(default_factory=list)
    by: list[Person] = field(default_factory=list)
    refused: list[Order] = field(default_factory=list)

    async def order(self, order: Order) -> None:
        """Save an order."""
        self.orders.append(order)

    async def report(self, reported: Reported, by: Person) -> None:
        """Save a report, and who it is from."""
        self.reports.append(reported)
        self.by.append(by)

    async def refuse(self, order: Order) -> None:
        """Note an order of somebody who may not give it."""
        self.refused.append(order)


@asynccontextmanager
async def rig(
    folder: Path,
    *,
    shows: Snapshot | None = None,
    languages: Mapping[str, str] | None = None,
    limit: timedelta = PATIENT,
) -> AsyncIterator[Rig]:
    """Put it all together; everything listens on loopback. Teams has ``limit`` to answer."""
    signer, clock, saved = Signer(), TestClock(), Saved()
    teams = Connector(clock)
    teams.keys = signer.keys
    seen = shows or snapshot()
    async with served(teams.app()) as port, await Store.open(f"sqlite:///{folder / 'bot.db'}") as store:
        url = f"http://127.0.0.1:{port}"
        places = Places(store, now=clock.now, own=url)
        cloud = replace(CLOUDS["global"], openid_metadata_url=f"{url}{OPENID}", login_endpoint=url)
        api = TeamsApi(_app(), places, connect=lambda app: Wire(app, cloud=cloud, limit=limit))
        orders = Orders(
            snapshot=lambda: seen,
            order=saved.order,
            report=saved.report,
            refused=saved.refuse,
            clock=clock,
            may=lambda person: person != "mallory",
        )
        people = Subscribers(store=store, clock=clock)
        subscriptions = Subscriptions(get=people.get, change=people.change, clock=clock, saving=orders.saving)
        desks = {TENANT: Commands(orders=orders, subscriptions=subscriptions, name="@mailstatus")}
        chance = Random(1)  # noqa: S311 - the same waits in each run

        async def first(what: str) -> bool:
            async with store.begin() as tx:
                return await tx.requests.first(what, clock.at)

        dialogue = Dialogue(api=api, desks=by_place(desks, languages, first=first), clock=clock, chance=chance)
        listener = BotListener(api, dialogue, azure_tenants=lambda: list(desks))
        await listener.warm()
        try:
            yield Rig(
                teams=teams,
                url=url,
                api=api,
                listener=listener,
                dialogue=dialogue,
                clock=clock,
                store=store,
                signer=signer,
                orders=saved.orders,
                reports=saved.reports,
            )
        finally:
            await api.aclose()


def _app() -> BotApp:
    async def tokens(_: str) -> SecretStr:
        return SecretStr(OUTGOING)

    return BotApp(id=APP, azure_tenant=TENANT, tokens=tokens)
