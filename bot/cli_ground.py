"""What every command stands on: settings, log, and an end that says in a line what is wrong."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer

from bot.settings import Settings, SettingsError, load

FALLS_SHORT, UNUSABLE = 1, 2
"""Exit codes: the thing checked falls short; bad usage or settings."""

Result = TypeVar("Result")


def read_settings() -> Settings:
    """Read the settings of this folder; what is wrong with them ends the command."""
    try:
        return load(Path.cwd())
    except SettingsError as error:
        fail(error.lines)


def log(settings: Settings, *, quietly: bool = False) -> None:
    """Log to standard error; ``quietly`` for commands that say themselves what they do."""
    from bot.app.logs import to_standard_error

    level = settings.environment.log_level
    to_standard_error("warning" if quietly and level == "info" else level)


def done(work: Coroutine[Any, Any, Result], *, loop: Callable[[], asyncio.AbstractEventLoop] | None = None) -> Result:
    """Run to the end; what is wrong with settings, store or address is said in a line."""
    from bot.store import StoreError
    from bot.vantage.spool import SpoolError
    from bot.web.server import ServeError

    try:
        with asyncio.Runner(loop_factory=loop) as runner:
            return runner.run(work)
    except SettingsError as error:
        fail(error.lines)
    except (StoreError, ServeError, SpoolError) as error:
        fail([str(error)])
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def fail(lines: Iterable[str]) -> NoReturn:
    """Say what is wrong on standard error, a line each, and end the command."""
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(UNUSABLE)
