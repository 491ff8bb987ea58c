"""The commands; each imports what it needs when it is called, so that the quick ones are quick."""

import json
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TextIO

import typer

from bot.app.roles import Role
from bot.cli_ground import FALLS_SHORT, done, fail, log, read_settings
from bot.cli_tenant import overview, tenant

Json = Annotated[bool, typer.Option("--json", help="Print JSON Lines, and nothing else, on standard output.")]
Push = Annotated[str, typer.Option(help="Address of the bot that this far vantage reports to.", metavar="URL")]
Recording = Annotated[Path, typer.Argument(help="A recording; - is standard input.", show_default=False)]

app = typer.Typer(
    help="Says in plain words whether mail flows: from what Microsoft posts and what test messages do.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
db = typer.Typer(help="The store's tables.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(tenant, name="tenant")
app.command()(overview)


def main() -> None:
    """Run the command line."""
    app()


@app.command()
def run(
    *, push: Push = "", role: Annotated[Role, typer.Option(help="What this process of several does.")] = Role.ALL
) -> None:
    """Watch, tell and answer, until stopped; with --push only watch, from a far vantage, and tell the bot there."""
    _without("rich", "pygments", "watchfiles", "sniffio")
    import random

    import uvloop

    from bot.app.agent import run as report
    from bot.app.clock import SystemClock
    from bot.app.missing import missing
    from bot.app.serve import run as serve

    settings = read_settings()
    if not push and (lines := missing(settings)):
        fail(lines)
    log(settings)
    serving = report(settings, push) if push else serve(settings, SystemClock(), random.SystemRandom(), role)
    done(serving, loop=uvloop.new_event_loop)


@app.command()
def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="End after the story; exit code 1 if it did not come out.")
    ] = False,
    length: Annotated[str, typer.Option("--for", help="End after this time, such as 60s or 5m.")] = "",
    port: Annotated[int, typer.Option(help="Port of the status page; 0 is any free one.")] = 8025,
) -> None:
    """Replay July 2023 against a world in a box, with the real bot in it; no account needed."""
    from bot.app.demo import play

    came_out = done(play(once=once, limit=_length(length), port=port))
    raise typer.Exit(0 if came_out else FALLS_SHORT)


@app.command()
def look(*, push: Push = "") -> None:
    """Run every watcher once and print what it sees; with --push from a far vantage, and tell the bot there."""
    from bot.app.agent import look as pushed
    from bot.app.look import look as looked

    settings = read_settings()
    log(settings, quietly=True)
    if push:
        raise typer.Exit(0 if done(pushed(settings, push, say=typer.echo)) else FALLS_SHORT)
    done(looked(settings, say=typer.echo))


@app.command()
def say(
    text: Annotated[str, typer.Argument(help="What the test message says.")] = "This is a test of mailstatus.",
) -> None:
    """Send one test message to each destination, through the real outbox."""
    from bot.app.say import say as said

    settings = read_settings()
    log(settings, quietly=True)
    told = done(said(settings, text, show=typer.echo))
    raise typer.Exit(0 if told else FALLS_SHORT)


@app.command()
def doctor(*, push: Push = "") -> None:
    """Check settings, store, permissions, routes, destinations and clock, each with what mends it."""
    from bot.app.doctor import examine
    from bot.app.doctor_vantage import examine_vantage

    settings = read_settings()
    log(settings, quietly=True)
    sound = done(examine_vantage(settings, push, say=typer.echo) if push else examine(settings, say=typer.echo))
    raise typer.Exit(0 if sound else FALLS_SHORT)


@app.command()
def replay(recording: Recording, *, as_json: Json = False) -> None:
    """Run a recorded evening through the real pipeline and print each message that would have been sent."""
    from bot.recording import RecordingError
    from bot.replay import replay as replayed

    with _open(recording) as lines:
        try:
            for message in replayed(lines):
                _print(message, "{t:>12.1f}s  {reason}\n{text}\n", as_json=as_json)
        except RecordingError as error:
            fail([f"{recording}: {error}"])


@app.command()
def backtest(
    recording: Recording,
    *,
    as_json: Json = False,
    false_alarms: Annotated[float, typer.Option(help="False alarms a year that you are willing to bear.")] = 4.0,
) -> None:
    """Run only the detector over a recording and print what it opens, updates and resolves."""
    from bot.backtest import backtest as tested
    from bot.recording import RecordingError, read

    with _open(recording) as lines:
        try:
            for event in tested(read(lines), false_alarms_a_year=false_alarms):
                words = {"symptom": "", "direction": "", **event}
                _print(
                    event if as_json else words,
                    "{t:>12.1f}s  {event:9} {incident}  {symptom} {direction}",
                    as_json=as_json,
                )
        except RecordingError as error:
            fail([f"{recording}: {error}"])


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="Advisories; - is standard input.", show_default=False)],
    *,
    as_json: Json = False,
) -> None:
    """Read advisories (a Graph issue, a list, a Graph page, or one a line) and say what they mean."""
    from bot.explain import Broken
    from bot.explain import explain as explained

    with _open(file) as lines:
        found = list(explained(lines.read()))
    for one in found:
        if not isinstance(one, Broken):
            _print(one, "{id}  {symptom}, {state}\n{text}\n", as_json=as_json)
    if broken := [f"{file}: {one}" for one in found if isinstance(one, Broken)]:
        fail(broken)


@app.command()
def record(
    hours: Annotated[float, typer.Option(help="How many hours back.", min=0.1, max=48)] = 48,
    tenant: Annotated[str, typer.Option(help="Whose.")] = "default",
) -> None:
    """Write what the store holds as a recording, for replay and backtest, to standard output."""
    from bot.app.record import record as recorded

    done(recorded(read_settings(), tenant, timedelta(hours=hours), write=typer.echo))


@app.command()
def audit(
    days: Annotated[float, typer.Option(help="How many days back.", min=0.01)] = 30,
    tenant: Annotated[str, typer.Option(help="Whose.")] = "default",
) -> None:
    """Write who did what from chat and here, and what the bot gave up, as JSON Lines, to standard output."""
    from bot.app.audit import audit as written

    done(written(read_settings(), tenant, timedelta(days=days), write=typer.echo))


@db.command("upgrade")
def upgrade() -> None:
    """Bring the store's tables up to date; done at every start as well."""
    from bot.store import Store

    async def opened(url: str) -> None:
        async with await Store.open(url):
            pass

    settings = read_settings()
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    done(opened(settings.store_url))
    typer.echo("The store's tables are up to date.")


def _without(*packages: str) -> None:
    """Have packages found missing that httpx, structlog and uvicorn import for what we never use.

    A command line, coloured tracebacks and reloading cost 4 MB and a tenth of a second; a package for other event loops
    that is not installed is looked for with every request, which takes longer than much of the request.
    """
    for package in packages:
        sys.modules.setdefault(package, None)  # type: ignore[arg-type]  # None is Python's own mark of a missing one


def _open(path: Path) -> TextIO:
    if str(path) == "-":
        return sys.stdin
    try:
        return path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        fail([f"{path}: cannot be read: {error.strerror}"])


def _print(line: Mapping[str, object], words: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(line, ensure_ascii=False) if as_json else words.format(**line))


def _length(text: str) -> timedelta | None:
    from bot.settings.forms import length

    if not text:
        return None
    try:
        return length(text)
    except ValueError as error:
        fail([f"--for: {error}"])
