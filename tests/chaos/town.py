"""A Graph and two chat platforms around a bot that is killed, and what stands there in the end."""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from starlette.types import ASGIApp

from bot.demo.authority import make_authority
from bot.demo.chat.connector import Connector, card_in
from bot.demo.chat.mrkdwn import decoded
from bot.demo.chat.slack import Slack
from bot.demo.chat.slack_posts import SlackPost, Workspace
from bot.demo.chat.teams import Card, Teams
from bot.demo.chat.texts import card_lines
from bot.demo.clock import StoryClock
from bot.demo.graph import Graph, Registration, Tokens
from bot.demo.served import served
from tests.chaos import far
from tests.chaos.oracle import Told
from tests.chaos.process import Mortal
from tests.chaos.traps import Trap, Trapped
from tests.ports import free_port

CHANNEL = "C0MAILSTATUS"
CONVERSATION = "19:town@thread.tacv2"
OPS, IT, TEAM = "ops", "it", "team"
MARKED_S = 5.0
"""Within so many real seconds after Teams took a card it is marked, also on a busy machine."""
LAST_WORD_S = 0.8
"""What comes in so soon after a death was sent before it: a new process takes longer to say anything."""
APP = Registration(
    tenant_id="0e5bf1a4-3c1f-4b4c-9d4e-5a1d6c7f0de0",
    client_id="6a1de2c0-77b1-4f0e-8a51-d3b0c0ffee01",
    client_secret="opens nothing outside",
)
SETTINGS = f"""{far.SETTINGS}
[rules]
poll_every = "10s"
merge = "1s"

[destinations.{OPS}]
platform = "slack"
channel = "{CHANNEL}"

[destinations.{IT}]
platform = "teams"
url_env = "TEAMS_URL"
"""
BOT_SETTINGS = f"""
[destinations.{TEAM}]
platform = "teams"
conversation = "{CONVERSATION}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where the bot keeps its things."""

    folder: Path
    store_url: str
    teams_bot: bool = False
    """Whether the Teams bot is told as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """What the bot lives in."""

    clock: StoryClock
    graph: Graph
    slack: Slack
    teams: Teams
    connector: Connector
    bot: Mortal
    traps: list[Trap]
    cut_off: Mapping[str, list[datetime]]
    """When a way to Teams gave no answer, by destination."""
    home: Home
    address: str
    """Where the bot serves."""

    def heard(self) -> Mapping[str, Sequence[Told]]:
        """Give what people could read, a text a message, as it was when it was posted."""
        posts = [post for post in self.slack.workspace.posts if not post.files]
        cards = [self._told(IT, card.at, card.card) for card in self.teams.posted]
        channel = {TEAM: [self._told(TEAM, card.at, card_in(card.first)) for card in self.connector.cards]}
        return {OPS: [Told(text=_first(post)) for post in posts], IT: cards, **(channel if self.home.teams_bot else {})}

    def pictures(self) -> Sequence[tuple[str, str]]:
        """Give the name of each picture that stands in Slack, with the text that it stands below."""
        posts = self.slack.workspace.posts
        heads = {post.ts: _first(post) for post in posts}
        return [(file.name, heads.get(post.thread_ts, "")) for post in posts for file in post.files]

    def _told(self, destination: str, at: datetime, card: Card) -> Told:
        return Told(text="\n".join(card_lines(card)), unsure=self._is_unsure(destination, at))

    def _is_unsure(self, destination: str, at: datetime) -> bool:
        """Tell whether a card's answer did not come, or the bot died before it can have marked the card for sure."""
        second = timedelta(seconds=self.clock.speed)
        first, last = at - LAST_WORD_S * second, at + MARKED_S * second
        return any(first <= moment <= last for moment in (*self.cut_off[destination], *self.bot.deaths))


@asynccontextmanager
async def town(bot: Mortal, home: Home, clock: StoryClock) -> AsyncIterator[Town]:
    """Serve everything on loopback, and write the settings by which a bot lives in it."""
    authority = make_authority(home.folder, today=clock.now())
    tokens = Tokens(APP, rng=random.Random(1))  # noqa: S311 - no secret
    graph, traps = Graph(clock=clock, tokens=tokens), list[Trap]()
    slack = Slack(Workspace(clock, {CHANNEL: "mail-status"}, {}), token="xoxb-town")
    teams, connector = Teams(clock=clock, signature="town"), Connector(clock)
    cut_off: dict[str, list[datetime]] = {OPS: [], IT: [], TEAM: []}

    def trapped(name: str, app: ASGIApp) -> Trapped:
        return Trapped(app, traps, kill=bot.kill, cut_off=lambda: cut_off[name].append(clock.now()))

    async with AsyncExitStack() as running:
        graph_port = await running.enter_async_context(served(graph.app(), authority=authority))
        slack_port = await running.enter_async_context(served(trapped(OPS, slack.app())))
        teams_port = await running.enter_async_context(served(trapped(IT, teams.app())))
        connector_port = await running.enter_async_context(served(trapped(TEAM, connector.app())))
        listen = f"127.0.0.1:{free_port()}"
        _write(
            home,
            {
                "SLACK_BOT_TOKEN": "xoxb-town",
                "SLACK_SIGNING_SECRET": "town",
                "AZURE_TENANT_ID": APP.tenant_id,
                "AZURE_CLIENT_ID": APP.client_id,
                "AZURE_CLIENT_SECRET": APP.client_secret,
                "AZURE_AUTHORITY_HOST": f"https://localhost:{graph_port}",
                "MAILSTATUS_GRAPH_URL": f"https://localhost:{graph_port}",
                "MAILSTATUS_SLACK_API_URL": f"http://127.0.0.1:{slack_port}/api/",
                "MAILSTATUS_CA_FILE": str(authority.ca_file),
                "MAILSTATUS_LISTEN": listen,
                "FAR_SECRET": far.SECRET.get_secret_value(),
                "MAILSTATUS_STORE": home.store_url,
                "TEAMS_URL": teams.address(f"http://127.0.0.1:{teams_port}"),
                **(_teams_bot(connector_port) if home.teams_bot else {}),
            },
        )
        yield Town(
            clock=clock,
            graph=graph,
            slack=slack,
            teams=teams,
            connector=connector,
            bot=bot,
            traps=traps,
            cut_off=cut_off,
            home=home,
            address=f"http://{listen}",
        )


def _teams_bot(port: int) -> Mapping[str, str]:
    """Give the bot the registration that the town knows."""
    return {
        "MAILSTATUS_TEAMS_APP_ID": APP.client_id,
        "MAILSTATUS_TEAMS_APP_SECRET": APP.client_secret,
        "MAILSTATUS_TEAMS_SERVICE_URL": f"http://127.0.0.1:{port}",
    }


def _write(home: Home, environment: Mapping[str, str]) -> None:
    (home.folder / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in environment.items()))
    (home.folder / "mailstatus.toml").write_text(SETTINGS + (BOT_SETTINGS if home.teams_bot else ""))


def _first(post: SlackPost) -> str:
    """Give a post's text as people were rung with it."""
    return decoded(post.versions[0][1] if post.versions else post.text)
