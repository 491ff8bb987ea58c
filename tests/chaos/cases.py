"""What is tried: evenings, each with its trouble."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from bot.demo.faults import Answer, Drop, Fault, Hang, json_answer
from tests.chaos.holds import CLAIM, JOIN, MARK, MIGRATION
from tests.chaos.night import Trouble
from tests.chaos.traps import Moment
from tests.chaos.troubles import (
    calm,
    card,
    dying_anytime,
    dying_at,
    dying_inside,
    edit,
    head,
    locking,
    picture,
    refusing,
    reply,
    team_head,
    team_reply,
    together,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kind of trouble."""

    name: str
    trouble: Trouble
    old: bool = False
    """Whether the store has the tables of the first version when the bot starts."""
    teams_bot: bool = False
    """Whether the Teams bot is told as well."""
    kills: int | None = None
    """How often the process dies, where that is sure."""


CALM = Case(name="no trouble", trouble=calm, kills=0)
PLANTED = Case(
    name="a card is forgotten, a reply and a picture are doubled",
    trouble=dying_at(card(Moment.FORGOTTEN), reply(Moment.DOUBLED), picture(Moment.DOUBLED)),
    kills=0,
)
"""What the oracle must see, or it is blind."""
SHORT: Sequence[Case] = (
    Case(
        name="a head, a reply, an edit and a picture between save and send, a card between send and mark",
        trouble=dying_at(
            head(Moment.UNTAKEN),
            reply(Moment.UNTAKEN),
            edit(Moment.UNTAKEN),
            picture(Moment.UNTAKEN),
            card(Moment.TAKEN),
        ),
        kills=5,
    ),
    Case(
        name="a head, a reply, an edit and a picture between send and mark, a card between save and send",
        trouble=dying_at(
            head(Moment.TAKEN), reply(Moment.TAKEN), edit(Moment.TAKEN), picture(Moment.TAKEN), card(Moment.UNTAKEN)
        ),
        kills=5,
    ),
    Case(
        name="the Teams bot's card between send and mark, its answer between save and send",
        trouble=dying_at(team_head(Moment.TAKEN), team_reply(Moment.UNTAKEN)),
        teams_bot=True,
        kills=2,
    ),
    Case(name="in a migration, then in a join", trouble=dying_inside(MIGRATION, JOIN), old=True, kills=2),
)
"""Every named step, once."""


TOO_MANY = json_answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "2"})
ANYTIME, BESIDE = 16, 9
"""Kills at random in an evening, without and with other trouble."""


def long(chance: random.Random) -> list[Case]:
    """Give every kind of trouble that needs nothing but the bot, the platforms and a store."""
    steps = {"between save and send": Moment.UNTAKEN, "between send and mark": Moment.TAKEN}
    cases = [
        Case(name=name, trouble=dying_at(head(at, 3), reply(at, 3), edit(at, 3), picture(at, 2), card(at, 2)))
        for name, at in steps.items()
    ]
    cases += [
        Case(name=f"the Teams bot {name}", trouble=dying_at(team_head(at, 3), team_reply(at, 3)), teams_bot=True)
        for name, at in steps.items()
    ]
    inside = dying_inside(MIGRATION, CLAIM, JOIN, MARK)
    cases.append(Case(name="in a migration, a claim, a join, a mark", trouble=inside, old=True, kills=4))
    cases += [Case(name="at random", trouble=dying_anytime(ANYTIME, chance)) for _ in range(3)]
    faults: dict[str, Sequence[Fault]] = {
        "at random; connections drop after accept": [Drop(accepted=True)],
        "at random; connections drop before": [Drop(accepted=False)],
        "at random; 429 with Retry-After": [TOO_MANY],
        "at random; 500 and 503": [Answer(status=500), Answer(status=503)],
        "at random; platforms hang": [Hang()],
    }
    for name, meets in faults.items():
        trouble = together(refusing(*meets, chance=chance), dying_anytime(BESIDE, chance))
        cases.append(Case(name=name, trouble=trouble, teams_bot=True))
    return cases


def locked(chance: random.Random) -> Case:
    """Have somebody else hold SQLite's lock meanwhile."""
    trouble = together(locking(6, chance), dying_anytime(BESIDE, chance))
    return Case(name="at random; the database is locked", trouble=trouble)
