"""The table of fates is whole and true."""

import ast
from pathlib import Path
from typing import get_args

import pytest

from bot.detect.flights import Fate
from bot.mail import Outcome
from bot.mail.bounces import Action
from bot.types import ProbeObservation, SightObservation
from tests.mail.fates import FATES, HEAD, Row

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "canaries.md"
WITHOUT_SERVERS = {Action.DELIVERED, Action.RELAYED, Action.EXPANDED}
"""Reports that nobody asked a server for, of messages that are on their way."""


def test_every_fate_of_a_message_has_a_row() -> None:
    """Every outcome of handing over, every observation of a message or a mailbox, every fate and report."""
    known = {*get_args(Outcome), *get_args(ProbeObservation), *get_args(SightObservation), *Fate, *Action}
    assert known - WITHOUT_SERVERS == {one for row in FATES for one in row.shows}


@pytest.mark.parametrize("row", FATES, ids=lambda row: row.what)
def test_every_row_names_a_test_that_exists(row: Row) -> None:
    """One that has the real servers: it takes the fixture ``world``."""
    module = ast.parse((HERE / f"{row.module}.py").read_text())
    takes = {
        one.name: [arg.arg for arg in one.args.args] for one in module.body if isinstance(one, ast.AsyncFunctionDef)
    }
    assert "world" in takes[row.test]


def test_the_page_holds_the_table() -> None:
    """Word for word; paste what is missing."""
    wanted = [*HEAD, *(row.line for row in FATES)]
    assert [line for line in PAGE.read_text().splitlines() if line.startswith("|")] == wanted
