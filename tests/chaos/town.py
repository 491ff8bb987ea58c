"""A Graph and two chat platforms around a bot that is killed, and what stands there in the end."""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.demo.authority import make_authority
from bot.demo.chat.mrkdwn import decoded
from bot.demo.chat.slack import Slack
from bot.demo.chat.slack_posts import SlackPost, Workspace
from bot.demo.chat.teams import Teams
from bot.demo.chat.texts import teams_texts
from bot.demo.clock import StoryClock
from bot.demo.graph import Graph, Registration, Tokens
from bot.demo.served import served
from tests.chaos import far
from tests.chaos.oracle import Told
from tests.chaos.process import Mortal
from tests.chaos.traps import Trap, Trapped
from tests.ports import free_port

CHANNEL = "C0MAILSTATUS"
OPS, IT = "ops", "it"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """What the bot lives in."""

    clock: StoryClock
    graph: Graph
    slack: Slack
    teams: Teams
    bot: Mortal
    traps: list[Trap]
    cut_off: list[datetime]
    """When Teams gave no answer."""
    store_url: str
    address: str
    """Where the bot serves."""

    def heard(self) -> Mapping[str, Sequence[Told]]:
        """Give what people could read, a text a message, as it was when it was posted."""
        posts = [post for post in self.slack.workspace.posts if not post.files]
        cards = [Told(text=card.text, unsure=self._is_unsure(card.at)) for card in teams_texts(self.teams.posted)]
        return {OPS: [Told(text=_first(post)) for post in posts], IT: cards}

    def _is_unsure(self, at: datetime) -> bool:
        """Tell whether a card's answer did not come, or the bot died before it can have marked the card for sure."""
        second = timedelta(seconds=self.clock.speed)
        first, last = at - LAST_WORD_S * second, at + MARKED_S * second
        return any(first <= moment <= last for moment in (*self.cut_off, *self.bot.deaths))


@asynccontextmanager
async def town(folder: Path, bot: Mortal, clock: StoryClock, *, today: datetime, store_url: str) -> AsyncIterator[Town]:
    """Serve everything on loopback, and write the settings by which a bot in ``folder`` lives in it."""
    authority = make_authority(folder, today=today)
    tokens = Tokens(APP, rng=random.Random(1))  # noqa: S311 - no secret
    graph, traps = Graph(clock=clock, tokens=tokens), list[Trap]()
    slack = Slack(Workspace(clock, {CHANNEL: "mail-status"}, {}), token="xoxb-town")
    teams = Teams(clock=clock, signature="town")
    async with AsyncExitStack() as running:
        graph_port = await running.enter_async_context(served(graph.app(), authority=authority))
        cut_off = list[datetime]()
        slack_app = Trapped(slack.app(), traps, kill=bot.kill, cut_off=lambda: None)
        teams_app = Trapped(teams.app(), traps, kill=bot.kill, cut_off=lambda: cut_off.append(clock.now()))
        slack_port = await running.enter_async_context(served(slack_app))
        teams_port = await running.enter_async_context(served(teams_app))
        listen = f"127.0.0.1:{free_port()}"
        _write(
            folder,
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
                "MAILSTATUS_STORE": store_url,
                "TEAMS_URL": teams.address(f"http://127.0.0.1:{teams_port}"),
            },
        )
        yield Town(
            clock=clock,
            graph=graph,
            slack=slack,
            teams=teams,
            bot=bot,
            traps=traps,
            cut_off=cut_off,
            store_url=store_url,
            address=f"http://{listen}",
        )


def _write(folder: Path, environment: Mapping[str, str]) -> None:
    (folder / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in environment.items()))
    (folder / "mailstatus.toml").write_text(SETTINGS)


def _first(post: SlackPost) -> str:
    """Give a post's text as people were rung with it."""
    return decoded(post.versions[0][1] if post.versions else post.text)
