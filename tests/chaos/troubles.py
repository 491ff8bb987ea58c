"""What can happen to the bot of an evening, by name."""

from collections.abc import Mapping, Sequence

from tests.chaos.night import Trouble
from tests.chaos.town import Town
from tests.chaos.traps import Moment, Trap

POST, EDIT, CARD = "chat.postMessage", "chat.update", "/workflows/"
BELOW = b"thread_ts"
"""Is in what Slack is asked to post below a head, and in nothing else."""


def head(moment: Moment, times: int = 1) -> Trap:
    """Die over a new message in Slack."""
    return Trap(path=POST, lacks=BELOW, moment=moment, left=times)


def reply(moment: Moment, times: int = 1) -> Trap:
    """Die over a reply in Slack."""
    return Trap(path=POST, holds=BELOW, moment=moment, left=times)


def edit(moment: Moment, times: int = 1) -> Trap:
    """Die over an edit in Slack."""
    return Trap(path=EDIT, moment=moment, left=times)


def card(moment: Moment, times: int = 1) -> Trap:
    """Die over a card in Teams."""
    return Trap(path=CARD, moment=moment, left=times)


async def calm(_: Town) -> None:
    """Do no harm."""


def dying_at(*traps: Trap) -> Trouble:
    """Have the process killed where the traps stand."""

    async def trouble(around: Town) -> None:
        around.traps.extend(traps)

    return trouble


SHORT: Mapping[str, Sequence[Trap]] = {
    "a head between save and send, a card between send and mark": (head(Moment.UNTAKEN), card(Moment.TAKEN)),
    "a head between send and mark, a card between save and send": (head(Moment.TAKEN), card(Moment.UNTAKEN)),
    "a reply between save and send, an edit between send and mark": (reply(Moment.UNTAKEN), edit(Moment.TAKEN)),
    "a reply between send and mark, an edit between save and send": (reply(Moment.TAKEN), edit(Moment.UNTAKEN)),
}
"""Every named step of telling, once."""
