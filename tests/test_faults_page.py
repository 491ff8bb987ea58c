"""The table of faults is true: each row names a test that is there, and each kind of trouble has its row."""

import random
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from tests.chaos.__main__ import CRASHED
from tests.chaos.cases import locked, long

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "faults.md").read_text()
ROWS = [line.strip(" |").split(" | ") for line in PAGE.splitlines() if line.startswith("| **")]
NAMED = re.compile(r"`(tests/[\w/]+\.py)`|`(test_\w+)`|\"([^\"]+)\"")
LONG = {one.name for one in [*long(random.Random(1)), locked(random.Random(1))]} | {CRASHED}  # noqa: S311
ASKED = (
    "disk",
    "database is locked",
    "PostgreSQL is gone",
    "file is deleted",
    "clock is set",
    "resolver is dead",
    "event loop",
)
"""What the bot has to survive, each by a test with a name."""


def named(row: Sequence[str]) -> list[tuple[str, str, str]]:
    """Give the files, tests and evenings that the last cell of a row names."""
    return NAMED.findall(row[-1])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][2:40])
def test_every_row_says_what_users_see_what_the_bot_does_and_which_test_shows_it(row: list[str]) -> None:
    assert len(row) == 4
    assert all(row)
    found = named(row)
    assert found[0][0]
    for (before, _, _), (file, test, _) in pairwise(found):
        assert not file or not before, "a file without a test"
        assert not test or f"def {test}(" in _file_of(test, found), test
    assert {evening for _, _, evening in found if evening} <= LONG


def test_every_evening_of_the_long_run_has_a_row() -> None:
    assert {evening for row in ROWS for _, _, evening in named(row) if evening} == LONG


@pytest.mark.parametrize("fault", ASKED)
def test_what_has_to_be_survived_has_a_test_by_name(fault: str) -> None:
    (row,) = [row for row in ROWS if fault in row[0]]
    assert any(test for _, test, _ in named(row))


def _file_of(test: str, found: Sequence[tuple[str, str, str]]) -> str:
    """Read the file that was named last before a test."""
    at = next(number for number, one in enumerate(found) if one[1] == test)
    return (ROOT / next(file for file, _, _ in reversed(found[:at]) if file)).read_text()
