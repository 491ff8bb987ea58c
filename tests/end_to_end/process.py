"""The real command as a process of its own, living in a world in a box."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo.world import Facts, MailboxFacts

LIMIT = 90.0
"""Seconds within which what a test waits for happens on a slow machine."""
QUICKER = "5s"
"""Between two test messages of a route."""


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that is on."""

    process: asyncio.subprocess.Process
    address: str
    log: list[str]

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; gives the exit code."""
        self.process.send_signal(number)
        async with asyncio.timeout(LIMIT):
            return await self.process.wait()


@asynccontextmanager
async def mailstatus(folder: Path, *options: str) -> AsyncIterator[Running]:
    """Run ``mailstatus run`` in a folder with its settings, from when it is ready until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", *options),
        cwd=folder,
        env=_environment(folder),
        stderr=asyncio.subprocess.PIPE,
    )
    log: list[str] = []
    try:
        async with asyncio.timeout(LIMIT):
            address = await _ready(process, log)
        reading = asyncio.create_task(_read(process, log))
        yield Running(process, address, log)
        await reading if process.returncode is not None else reading.cancel()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def said(folder: Path, *command: str) -> tuple[int, str]:
    """Run a command in a folder to its end; gives its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *command),
        cwd=folder,
        env=_environment(folder),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(LIMIT):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, printed.decode()


async def until(found: Callable[[], object], what: str) -> None:
    """Wait until something has come about; fails with ``what`` when it takes too long."""
    try:
        async with asyncio.timeout(LIMIT):
            while not found():  # noqa: ASYNC110 - what it waits for happens in another process
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"this did not come about: {what}") from None


def write_settings(facts: Facts, folder: Path, port: int, *, every: str = QUICKER) -> None:
    """Write the .env and mailstatus.toml by which a bot lives in a world."""
    secrets = {
        "SLACK_BOT_TOKEN": facts.slack_token,
        "SLACK_SIGNING_SECRET": facts.slack_signing_secret,
        "AZURE_TENANT_ID": facts.tenant_id,
        "AZURE_CLIENT_ID": facts.client_id,
        "AZURE_CLIENT_SECRET": facts.client_secret,
        "AZURE_AUTHORITY_HOST": facts.authority.removesuffix(f"/{facts.tenant_id}"),
        "MAILSTATUS_GRAPH_URL": facts.graph.removesuffix("/v1.0"),
        "MAILSTATUS_SLACK_API_URL": facts.slack_api,
        "MAILSTATUS_CA_FILE": str(facts.ca_file),
        "MAILSTATUS_LISTEN": f"127.0.0.1:{port}",
        "TEAMS_URL": facts.teams_url,
        **{_variable(box): box.password for box in facts.mailboxes},
    }
    (folder / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in secrets.items()))
    (folder / "mailstatus.toml").write_text("\n".join(_toml(facts, every)))


def _toml(facts: Facts, every: str) -> list[str]:
    lines = ["[rules]", 'poll_every = "5s"']
    for box in facts.mailboxes:
        lines += [
            f"[mailboxes.{box.name}]",
            f'address = "{box.address}"',
            f'smtp = "{"starttls" if box.security == "tls" else "plain"}://{box.smtp_host}:{box.smtp_port}"',
            f'imap = "{"tls" if box.security == "tls" else "plain"}://{box.imap_host}:{box.imap_port}"',
            f'password_env = "{_variable(box)}"',
        ]
    for one in facts.routes:
        direction = "control" if one.route.control else one.route.direction
        lines += [
            f"[routes.{one.route.name}]",
            f'from = "{one.sender}"',
            f'to = "{one.recipient}"',
            f'direction = "{direction}"',
            f'vantage = "{one.route.vantage}"',
            f'every = "{every}"',
        ]
    lines += ["[destinations.ops]", 'platform = "slack"', f'channel = "{facts.slack_channel}"']
    return [*lines, "[destinations.it]", 'platform = "teams"', 'url_env = "TEAMS_URL"']


def _variable(box: MailboxFacts) -> str:
    return f"{box.name.upper().replace('-', '_')}_PASSWORD"


def _environment(folder: Path) -> Mapping[str, str]:
    """Give the process nothing of ours that could be a setting."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL"}}
    return {**kept, "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}


async def _ready(process: asyncio.subprocess.Process, log: list[str]) -> str:
    while line := await _line(process):
        log.append(line)
        if "event='ready'" in line:
            return line.partition("page='")[2].partition("'")[0]
    raise AssertionError(f"the bot ended before it was ready: {log}")


async def _read(process: asyncio.subprocess.Process, log: list[str]) -> None:
    while line := await _line(process):
        log.append(line)


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.readline()).decode()
