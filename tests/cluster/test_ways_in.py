"""Two real web processes behind a load balancer, on one PostgreSQL: Slack may ask either of them anything."""

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.app.clock import SystemClock
from bot.store import Deed, Store
from bot.types import Direction, Reported
from tests.cluster.slack_side import WHO, Balancer, SlackSide, deliver, pressed, slack_side, typed
from tests.end_to_end.process import Running, mailstatus, until
from tests.ports import free_port
from tests.test_pipeline import ROUTES, HandClock, evening, live, pipeline

MINUTES = 20
LASTED = timedelta(minutes=MINUTES)
SECRET = "city"


@dataclass(kw_only=True)
class Pair:
    """Both processes, Slack's side, and their store."""

    slack: SlackSide
    store: Store
    webs: list[Running]
    client: httpx.AsyncClient
    clock: SystemClock = field(default_factory=SystemClock)

    def balancer(self) -> Balancer:
        """Stand in front of both."""
        return Balancer(self.client, [one.address for one in self.webs])

    def alone(self, number: int) -> Balancer:
        """Reach one of them."""
        return Balancer(self.client, [self.webs[number].address])

    async def deeds(self) -> list[Deed]:
        """Read who did what."""
        async with self.store.read() as tx:
            return list(await tx.audit.between("default", self.clock.now() - 2 * LASTED, self.clock.now() + LASTED))

    async def reports(self) -> list[str]:
        """Read what people reported."""
        async with self.store.read() as tx:
            seen = tx.observations.between("default", self.clock.now() - 2 * LASTED, self.clock.now() + LASTED)
            return [one.text async for one in seen if isinstance(one, Reported)]


@pytest.fixture
async def pair(tmp_path: Path, postgres_url: str) -> AsyncIterator[Pair]:
    """Run both, while sending fails."""
    async with AsyncExitStack() as running:
        store = await running.enter_async_context(await Store.open(postgres_url))
        await _fails(store)
        slack = await running.enter_async_context(slack_side())
        client = await running.enter_async_context(httpx.AsyncClient(timeout=30))
        webs = []
        for name in ("one", "two"):
            folder = _written(tmp_path / name, slack, postgres_url)
            webs.append(await running.enter_async_context(mailstatus(folder, "--role", "web")))
            await until(lambda: len(slack.sockets) == len(webs), "a socket of each")
        yield Pair(slack=slack, store=store, webs=webs, client=client)


async def _fails(store: Store) -> None:
    """Have test messages of the last minutes refused."""
    clock = HandClock()
    later = SystemClock().now() - clock.at - LASTED
    clock.at += later
    seen = [replace(one, at=one.at + later) for one in evening(MINUTES, refused=True)]
    await live(await pipeline(store, clock), clock, seen)


def _written(folder: Path, slack: SlackSide, store: str) -> Path:
    folder.mkdir()
    environment = {
        "BOX_PASSWORD": "for the workers: a web asks nobody but Slack",
        "SLACK_BOT_TOKEN": "xoxb-city",
        "SLACK_APP_TOKEN": "xapp-city",
        "SLACK_SIGNING_SECRET": SECRET,
        "MAILSTATUS_SLACK_API_URL": slack.api,
        "MAILSTATUS_LISTEN": f"127.0.0.1:{free_port()}",
        "MAILSTATUS_PROBE_KEY": "the same on all machines, and long enough",
        "MAILSTATUS_STORE": store,
    }
    (folder / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in environment.items()))
    (folder / "mailstatus.toml").write_text("\n".join(_settings()))
    return folder


def _settings() -> Iterator[str]:
    """Give the lines of mailstatus.toml: the routes whose messages were refused, and a channel."""
    for box in ("office", "outside"):
        yield f'[mailboxes.{box}]\naddress = "{box}@example.org"\npassword_env = "BOX_PASSWORD"'
        yield 'smtp = "smtp.example.org:587"\nimap = "imap.example.org:993"'
    for route in ROUTES:
        ends = ("office", "outside") if route.direction is Direction.OUTBOUND else ("outside", "office")
        yield f'[routes.{route.name}]\nfrom = "{ends[0]}"\nto = "{ends[1]}"'
        yield f'direction = "{route.direction}"\nvantage = "{route.vantage}"'
    yield '[destinations.ops]\nplatform = "slack"\nchannel = "C0123456789"'


async def test_requests_go_to_either_and_one_that_is_killed_leaves_the_other(pair: Pair) -> None:
    """Without a session: what one was told the other knows, also where it is told it itself again."""
    balancer, now = pair.balancer(), pair.clock.now()
    for number in range(4):
        said = await balancer.give(*typed(f"details {'please ' * number}", now, SECRET))
        assert "Sending mail fails." in said.text
    # What one of them drew is used at the other.
    assert (await balancer.give(*typed("subscribe outbound", now, SECRET))).status_code == 200
    assert "Outgoing mail" in (await balancer.give(*typed("subscriptions", now, SECRET))).text

    ack = pressed(pair.slack.press("ack", "a"), now, SECRET)
    assert [(await balancer.give(*ack)).status_code for _ in range(4)] == [200, 200, 401, 401]
    report = typed("report nothing leaves", now, SECRET)
    assert [(await balancer.give(*report)).status_code for _ in range(2)] == [200, 200]

    assert await pair.webs[0].stop(signal.SIGKILL) == -signal.SIGKILL
    for number in range(4):
        assert "Sending mail fails." in (await balancer.give(*typed(f"{'now ' * (number + 1)}", now, SECRET))).text
    assert (await pair.client.get(f"{pair.webs[1].address}healthz")).status_code == 200
    assert await pair.webs[1].stop() == 0
    assert [deed.what for deed in await pair.deeds()] == ["subscribe", "ack", "report"]
    assert await pair.reports() == ["nothing leaves"]
    assert len(pair.slack.read) == 1


async def test_an_envelope_whose_answer_was_lost_is_done_once_over_the_others_socket(pair: Pair) -> None:
    """The first did it, and its answer did not come through; killed, it is done by the other alone."""
    one, two = pair.slack.sockets
    ack, mute = pair.slack.press("ack", "a"), {"command": "/mailstatus", "text": "mute 1h", **WHO}
    await deliver(one, "e1", ack)
    await deliver(one, "e2", mute)
    await until(lambda: len(pair.slack.heard) == 2 and pair.slack.read, "the first answers")
    await deliver(two, "e1", ack)
    await deliver(two, "e2", mute)
    await until(lambda: len(pair.slack.heard) == 4, "the other's answers")
    assert "Quiet until" in str([said for said in pair.slack.heard if said["envelope_id"] == "e2"][1]["payload"])

    await pair.webs[0].stop(signal.SIGKILL)
    await deliver(two, "e3", {**mute, "text": "unmute"})
    await until(lambda: len(pair.slack.heard) == 5, "the answer of the one that is left")
    assert await pair.webs[1].stop() == 0
    assert sorted(deed.what for deed in await pair.deeds()) == ["ack", "mute", "unmute"]
    assert len(pair.slack.read) == 1
