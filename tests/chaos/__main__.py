"""The long crash test: `make chaos`. Hundreds of kills on both databases, and a table of what came of them."""

import asyncio
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bot.app.logs import to_standard_error
from tests.chaos.cases import BESIDE, CALM, Case, locked, long
from tests.chaos.night import Outcome, Place, night
from tests.chaos.troubles import crashing, dying_anytime, together
from tests.store.postgres import Postgres, postgres_server

SEED = 8
LEAST_KILLS = 200
SIDE_BY_SIDE = 4
LIMIT_S = 900.0
CRASHED = "at random; the database is killed and restarted"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
SPEEDS = {SQLITE: 4.0, POSTGRESQL: 1.0}
"""PostgreSQL says itself when a job is due, and its clock goes as fast as the real one."""
DURABLE = ("-c", "fsync=off")
"""Enough where the machine stays on: only the server is killed."""
HEADER = f"{'store':11} {'killed':46} {'kills':>5} {'rings':>5} {'once':>5} {'again':>5} {'asked':>5} {'twice':>5} {'lost':>5}  incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A case on a store."""

    store: str
    case: Case
    url: str


def tries(folder: Path, running: ExitStack) -> Iterator[Try]:
    """Give all there is to try; the first of each store is the one without trouble."""
    chance = random.Random(SEED)  # noqa: S311 - chosen to be repeated
    for number, case in enumerate([CALM, *long(chance), locked(chance)]):
        yield Try(store=SQLITE, case=case, url=f"sqlite:///{folder / f'{number}.db'}")
    shared = running.enter_context(postgres_server(*DURABLE))
    for case in [CALM, *long(chance)]:
        yield Try(store=POSTGRESQL, case=case, url=shared.url(shared.create()))
    own = running.enter_context(postgres_server(*DURABLE))
    yield Try(store=POSTGRESQL, case=_crashed(own, chance), url=own.url(own.create()))


def _crashed(database: Postgres, chance: random.Random) -> Case:
    trouble = together(crashing(database, 5, chance), dying_anytime(BESIDE, chance))
    return Case(name=CRASHED, trouble=trouble)


async def main() -> bool:
    """Try everything; True if nothing was lost, nothing told twice, and all ended as without trouble."""
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="mailstatus-chaos-")))
        all_tries = list(tries(folder, running))
        turns = asyncio.Semaphore(SIDE_BY_SIDE)
        _say(HEADER)
        calm = {one.store: await _outcome(one, folder, turns) for one in all_tries if one.case is CALM}
        troubled = [one for one in all_tries if one.case is not CALM]
        ended = await asyncio.gather(*(_told(one, folder, turns, calm[one.store]) for one in troubled))
    kills = sum(outcome.kills for outcome, _ in ended)
    lost, twice = (sum(len(getattr(outcome.verdict, what)) for outcome, _ in ended) for what in ("lost", "twice"))
    _say(f"{kills} kills: lost {lost}, twice {twice}")
    return kills >= LEAST_KILLS and all(good for _, good in ended)


async def _told(one: Try, folder: Path, turns: asyncio.Semaphore, calm: Outcome) -> tuple[Outcome, bool]:
    """Try one, and print its line of the table."""
    outcome = await _outcome(one, folder, turns)
    same, verdict = outcome.incidents == calm.incidents, outcome.verdict
    numbers = (
        outcome.kills,
        outcome.rings,
        verdict.once,
        *map(len, (verdict.again, verdict.asked, verdict.twice, verdict.lost)),
    )
    counted = " ".join(f"{number:5}" for number in numbers)
    _say(f"{one.store:11} {one.case.name:46} {counted}  {'equal' if same else 'DIFFERENT'}")
    good = verdict.is_good and same
    if not good:
        _say(*_evidence(outcome, calm))
    return outcome, good


async def _outcome(one: Try, folder: Path, turns: asyncio.Semaphore) -> Outcome:
    async with turns:
        home = folder / f"{one.store}-{abs(hash(one.url))}"
        place = Place(
            folder=home,
            store_url=one.url,
            speed=SPEEDS[one.store],
            limit_s=LIMIT_S,
            old=one.case.old,
            teams_bot=one.case.teams_bot,
        )
        return await night(place, one.case.trouble)


def _evidence(outcome: Outcome, calm: Outcome) -> Sequence[str]:
    """Show what is needed to find out why."""
    different = [one for one in outcome.incidents if one not in calm.incidents]
    heard = [f"  {where}: {one.unsure} {one.text[:160]}" for where, texts in outcome.heard.items() for one in texts]
    return [f"  {outcome.verdict}", f"  {different}", *heard, *(f"  {line.rstrip()}" for line in outcome.log)]


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    to_standard_error("error")
    sys.exit(not asyncio.run(main()))
