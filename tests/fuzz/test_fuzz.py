from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.words.answers import Answer
from handlers.asked import Asked
from handlers.commands import Commands
from handlers.saving import Late, Saving
from tests.fuzz.harness import feed
from tests.fuzz.readers import READERS, slack
from tests.fuzz.readers.evening import commands

SWELL = (100, 100, 100, 100, 100, 100, 100, 1500)
"""In bytes: most inputs are as long as real ones, some are swollen; ``make fuzz`` feeds the large ones."""


@pytest.mark.parametrize("name", READERS)
def test_broken_inputs_are_read_or_refused(name: str) -> None:
    """A thousand of the million that ``make fuzz`` feeds, the same each time; none slow, none hungry."""
    feed(name, READERS[name], 1000, seed=1, swell=SWELL)


@pytest.mark.parametrize("name", READERS)
def test_sound_inputs_are_among_the_seeds(name: str) -> None:
    """What is broken was sound before."""
    with READERS[name].opened() as read:
        for seed in READERS[name].seeds:
            read(seed)


class Crashing(Commands):
    """Has a fault of ours in every answer."""

    async def _said(self, verb: str, asked: Asked, rest: str, late: Late | None) -> Answer:  # noqa: ARG002 - its shape
        """Crash."""
        raise KeyError("a fault of ours")


def answering(saving: Saving) -> Commands:
    """Crash while somebody waits for an answer."""
    sound = commands(saving)
    return Crashing(orders=sound.orders, subscriptions=sound.subscriptions)


def keeping(saving: Saving) -> Commands:
    """Crash in what is saved, of which the person is told that it did not work."""

    async def crash(*_: object) -> None:
        raise KeyError("a fault of ours")

    sound = commands(saving)
    return replace(sound, orders=replace(sound.orders, order=crash, report=crash))


@pytest.mark.parametrize("fault", [answering, keeping])
@pytest.mark.parametrize("name", slack.READERS)
def test_a_fault_of_ours_behind_slack_bolt_is_seen(name: str, fault: Callable[[Saving], Commands]) -> None:
    """Of a command and of a press, however it came in; what asks for neither goes on."""
    seeds, seen = slack.READERS[name].seeds, []
    with slack.WAYS[name](fault) as read:
        for seed in seeds:
            try:
                read(seed)
            except KeyError:
                seen.append(seed)
    assert [seed for seed in seeds if b"mailstatus" in seed or b"button" in seed] == seen
