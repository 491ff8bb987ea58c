"""What shows that an open fault is getting better."""

import pytest

from bot.advisories.relief import RELIEF
from bot.advisories.rules import first
from bot.advisories.vocabulary import canonical


@pytest.mark.parametrize(
    "sentence",
    [
        "We've put the right entry in place for most tenants.",
        "The scoring rule is off since noon.",
        "The earlier thresholds are back in force.",
        "The limit has been lifted, and the backlog is being worked off.",
        "New detections have been deployed.",
        "Nodes are taken back into service step by step.",
        "Errors are down by two thirds.",
        "The arithmetic has been corrected everywhere.",
        "What had piled up will have left by 20:00 UTC.",
    ],
)
def test_what_was_done_or_works_again_is_relief(sentence: str) -> None:
    assert first(RELIEF, canonical(sentence)) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "We've looked at traces and are comparing them.",
        "We've asked the network team for their logs.",
        "A limit was lowered by mistake.",
        "Rules are switched off when a folder is renamed.",
        "We're validating a fix in a limited environment.",
        "We're restarting a component to provide relief.",
        "The answers of this morning can't be recovered.",
        "We've raised the time limit as a first measure and are looking for the cause.",
    ],
)
def test_looking_getting_ready_and_causes_are_none(sentence: str) -> None:
    assert first(RELIEF, canonical(sentence)) is None
