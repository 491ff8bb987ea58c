"""The commands about companies, where there are many; each imports what it needs when it is called."""

import json
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.cli_ground import FALLS_SHORT, done, fail, log, read_settings

if TYPE_CHECKING:
    from bot.app.tenant_admin import Desk
    from bot.app.tenant_list import Listed
    from bot.web.overview import Sighting

Result = TypeVar("Result")
Json = Annotated[bool, typer.Option("--json", help="Print JSON Lines, and nothing else, on standard output.")]
Name = Annotated[str, typer.Argument(help="The company's name, which is its file's.", show_default=False)]
State = Annotated[list[str], typer.Option("--state", help="Only these: faulty, paused, open, blind, unseen, flows.")]

tenant = typer.Typer(help="The companies that are watched, where there are many.", no_args_is_help=True)


@tenant.command()
def add(
    name: Name,
    *,
    azure_tenant_id: Annotated[str, typer.Option(help="Directory (tenant) id whose service health is read.")] = "",
    language: Annotated[str, typer.Option(help="en, de, fr, es or ja.")] = "",
    slack: Annotated[str, typer.Option(help="Id of the channel that is told, or T0123456789/C0123456789.")] = "",
    teams: Annotated[bool, typer.Option("--teams", help="Ask for the address of a Teams Workflow.")] = False,
    page: Annotated[bool, typer.Option("--page", help="Make a token that opens this company's page.")] = False,
) -> None:
    """Add one company; what is not given is asked for, and secrets are asked for alone."""
    from bot.app.tenant_writing import Facts

    token = secrets.token_urlsafe(24) if page else ""
    workspace, _, channel = slack.rpartition("/")
    facts = Facts(
        name=name,
        azure_tenant_id=azure_tenant_id or typer.prompt("Directory (tenant) id", default="", show_default=False),
        language=language,
        slack_channel=channel,
        slack_workspace=workspace,
        teams_url=typer.prompt("Address of the Teams Workflow", hide_input=True) if teams else "",
        page_token=token,
    )
    file, doubts = _at_desk(lambda desk: desk.add(facts))
    _warn(doubts)
    typer.echo(f"{file} is written; a running bot takes it up within seconds.")
    if token:
        typer.echo(f"Its page opens with the token {token}")


@tenant.command("list")
def list_(
    like: Annotated[str, typer.Argument(help="Only names like this; * and ? stand for any letters.")] = "*",
    *,
    state: State = [],  # noqa: B006 - typer reads it and never changes it
    as_json: Json = False,
) -> None:
    """List the companies: how each is, when it was seen last, what is open, what cannot be seen."""
    lines = list(_at_desk(lambda desk: desk.listed(wanted=state, like=like)))
    for one in lines:
        typer.echo(json.dumps(_row(one), ensure_ascii=False) if as_json else _words(one))
    if not as_json:
        typer.echo(f"{len(lines)} companies", err=True)


@tenant.command()
def show(name: Name, *, as_json: Json = False) -> None:
    """Show one company: what its file says is wrong, what is open there, and since when."""
    from bot.app.tenant_list import meant

    async def found(desk: "Desk") -> "Listed":
        known = meant(name, desk.names())
        return next(iter(await desk.listed(like=known)))

    one = _at_desk(found)
    typer.echo(json.dumps(_row(one), ensure_ascii=False) if as_json else _words(one))
    for line in [] if as_json else one.faults:
        typer.echo(f"  {line}")


@tenant.command()
def check(names: Annotated[list[str] | None, typer.Argument(help="All, without names.")] = None) -> None:
    """Check companies' files as the bot does, and say everything that is wrong."""
    from bot.app.tenant_list import meant

    async def found(desk: "Desk") -> list[list[str]]:
        wanted = {meant(name, desk.names()) for name in names or ()}
        said = (desk.folder.wrong(), desk.folder.doubts())
        return [[line for name in one if not wanted or name in wanted for line in one[name]] for one in said]

    faults, doubts = _at_desk(found)
    for line in faults:
        typer.echo(line)
    _warn(doubts)
    if faults:
        raise typer.Exit(FALLS_SHORT)
    typer.echo("Nothing is wrong.")


@tenant.command()
def pause(name: Name) -> None:
    """Watch a company no more until it goes on; its file stays."""
    news = _at_desk(lambda desk: desk.pause(name, paused=True))
    typer.echo(f"{name} is paused." if news else f"{name} was paused already.")


@tenant.command()
def resume(name: Name) -> None:
    """Watch a paused company again."""
    news = _at_desk(lambda desk: desk.pause(name, paused=False))
    typer.echo(f"{name} is watched again." if news else f"{name} was not paused.")


@tenant.command()
def remove(name: Name, *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Take a company out: its files are deleted, what is open there is closed, and nobody there is told any more."""
    if not yes:
        typer.confirm(f"Delete the files of {name}, its secrets with them?", abort=True)
    file = _at_desk(lambda desk: desk.remove(name))
    typer.echo(f"{file} is deleted; a running bot takes {name} out within seconds.")


@tenant.command("import")
def import_(
    table: Annotated[Path, typer.Argument(help="A CSV file; docs/tenants.md names its columns.", show_default=False)],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
) -> None:
    """Add and change many companies at once: all of them, or none where one line is wrong."""

    async def work(desk: "Desk") -> None:
        plan = desk.plan(table)
        for fault in plan.faults:
            typer.echo(fault)
        if plan.faults:
            typer.echo(f"{len(plan.faults)} faults: nothing was changed.", err=True)
            raise typer.Exit(FALLS_SHORT)
        _warn(plan.doubts)
        told = f"{len(plan.added)} added, {len(plan.changed)} changed, {plan.unchanged} as they were"
        if dry_run:
            typer.echo(f"would be: {told}")
            return
        with typer.progressbar(length=len(plan.added) + len(plan.changed), label="writing") as bar:
            await desk.carry_out(plan, lambda: bar.update(1))
        typer.echo(told)

    _at_desk(work)


def overview(*, as_json: Json = False) -> None:
    """Say what is open at all companies: which fault, how many see it, since when, and where."""
    from bot.app.clock import SystemClock

    seen = _at_desk(lambda desk: desk.overview(SystemClock().now()))
    for one in seen.sightings:
        typer.echo(json.dumps(_fault(one), ensure_ascii=False) if as_json else _line(one, seen.watched))
    if not as_json:
        typer.echo(f"{seen.troubled} of {seen.watched} companies have something open.", err=True)


def _warn(lines: Sequence[str]) -> None:
    for line in lines:
        typer.echo(f"warning: {line}", err=True)


def _at_desk(work: "Callable[[Desk], Awaitable[Result]]") -> Result:
    from bot.app.tenant_admin import open_desk

    given = read_settings()
    log(given, quietly=True)

    async def whole() -> Result:
        async with open_desk(given) as desk:
            return await work(desk)

    try:
        return done(whole())
    except OSError as error:
        fail([f"{error.filename}: {error.strerror}"])


def _row(one: "Listed") -> dict[str, object]:
    return {
        "name": one.name,
        "state": one.standing.value,
        "seen": one.seen.isoformat() if one.seen else None,
        "open": [incident.id for incident in one.open],
        "since": min(incident.began for incident in one.open).isoformat() if one.open else None,
        "blind": list(one.blind),
        "faults": list(one.faults),
    }


def _words(one: "Listed") -> str:
    seen = f"seen {one.seen:%Y-%m-%d %H:%M}" if one.seen else "not seen yet"
    opened = [f"open since {min(incident.began for incident in one.open):%Y-%m-%d %H:%M}"] if one.open else []
    blind = [f"cannot see {', '.join(one.blind)}"] if one.blind else []
    return f"{one.name:24} {one.standing.value:7} {'; '.join([seen, *opened, *blind])}"


def _fault(one: "Sighting") -> dict[str, object]:
    return {
        "fault": one.key,
        "title": one.title,
        "symptom": one.symptom.value,
        "direction": one.direction.value,
        "since": one.since.isoformat(),
        "latest": one.latest.isoformat(),
        "seen_by": one.seen_by,
        "measured_by": one.measured_by,
        "companies": list(one.companies),
        "measured": list(one.measured),
        "where": list(one.where),
    }


def _line(one: "Sighting", watched: int) -> str:
    said = one.title or f"{one.symptom.value.replace('_', ' ')}, {one.direction.value}"
    where = f", {', '.join(one.where)}" if one.where else ""
    measured = f", {one.measured_by} by their own test messages" if one.measured_by else ""
    return f"{one.since:%Y-%m-%d %H:%M}  {one.seen_by} of {watched}: {one.key} {said}{measured}{where}"
