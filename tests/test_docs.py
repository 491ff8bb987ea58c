"""The documents are true: what they name exists."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
COMMAND = re.compile(r"(?<![/@])\bmailstatus ([a-z]+)\b(?! is| has| does)")
PLACE = re.compile(r"`((?:bot|handlers|deploy|docs)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """A relative link names a file or folder that is there."""
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_place_in_the_code_exists(page: Path) -> None:
    """A path in code marks is there."""
    for place in PLACE.findall(page.read_text()):
        assert (ROOT / place).exists(), place


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists(page: Path) -> None:
    """What follows ``mailstatus`` in a code block or in code marks is one of its commands."""
    code = re.findall(r"```sh\n(.*?)```|`([^`\n]*mailstatus [^`\n]*)`", page.read_text(), flags=re.DOTALL)
    for block in code:
        for line in "".join(block).splitlines():
            for name in COMMAND.findall(line.partition("#")[0]):
                assert name in _commands(), line


def test_the_readme_lists_every_command() -> None:
    """No command is hidden."""
    readme = (ROOT / "README.md").read_text()
    for name in _commands():
        assert re.search(rf"^\| `{name}\b", readme, flags=re.MULTILINE), name


def test_every_make_target_of_the_readme_exists() -> None:
    """``make demo`` and its like are in the Makefile."""
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    for name in re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text()):
        assert name in targets, name


def _commands() -> list[str]:
    return list(getattr(get_command(app), "commands", {}))
