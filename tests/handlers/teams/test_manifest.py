"""The Teams app and its package."""

import io
import json
import struct
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import resvg_py
from jsonschema import Draft4Validator

from handlers.teams.manifest import EXAMPLE, ICONS, SCHEMA, main, manifest, package, text

FOLDER = Path(__file__).parents[3] / "deploy" / "teams"
# Microsoft's own (MIT), as npm's @microsoft/app-manifest 1.1.2 has it.
SCHEMA_FILE = Path(__file__).parent / f"teams-manifest-{SCHEMA}.json"
ICON = Path(__file__).parents[3] / "bot" / "web" / "static" / "icon.svg"


def faults(given: object) -> list[str]:
    """Validate a manifest by Microsoft's own schema."""
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return [fault.message for fault in Draft4Validator(schema).iter_errors(given)]


def test_it_is_what_microsofts_schema_asks_for() -> None:
    """Of the version that it says it is."""
    assert faults(manifest()) == []


def test_the_schema_would_notice() -> None:
    """A wrong key, a long name, an id that is none."""
    broken = {**manifest(), "more": 1, "id": "x", "name": {"short": "x" * 31, "full": "x"}}
    assert len(faults(broken)) == 3


def test_the_file_says_the_same_as_the_code() -> None:
    """It is made from it."""
    assert (FOLDER / "manifest.json").read_text(encoding="utf-8") == text(manifest())


def test_the_commands_are_those_that_we_understand() -> None:
    """Teams offers them where somebody mentions the bot."""
    described: dict[str, Any] = manifest()
    (bot,) = described["bots"]
    titles = [one["title"] for one in bot["commandLists"][0]["commands"]]
    assert {"details", "ack", "mute 1h"} <= set(titles)
    assert bot["scopes"] == ["team", "groupChat", "personal"]


def test_the_package_holds_what_teams_wants_and_is_the_same_each_time() -> None:
    """Manifest and icons at the top, with nobody's time in it."""
    made = package("0B1D2C3E-1111-2222-3333-444455556666", FOLDER)
    assert made == package("0b1d2c3e-1111-2222-3333-444455556666", FOLDER)
    with ZipFile(io.BytesIO(made)) as packed:
        assert packed.namelist() == ["manifest.json", *ICONS]
        read: dict[str, Any] = json.loads(packed.read("manifest.json"))
    assert read["bots"][0]["botId"] == read["id"] == "0b1d2c3e-1111-2222-3333-444455556666"


def drawn(svg: str) -> bytes:
    """Draw a picture."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg))


def test_the_icons_are_the_pages_own_in_the_sizes_and_colours_that_teams_wants() -> None:
    """Full colour without round corners, which Teams cuts by itself, and white lines on nothing."""
    svg = ICON.read_text(encoding="utf-8")
    color = svg.replace("<svg ", '<svg width="192" height="192" ', 1).replace(' rx="5"', "")
    lines = svg[svg.index("<path") : svg.index("</svg>")]
    outline = f'<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="3 3.25 18 18">{lines}</svg>'
    assert 'stroke="#fff"' in lines
    assert 'fill="none"' in lines
    assert (FOLDER / "color.png").read_bytes() == drawn(color)
    assert (FOLDER / "outline.png").read_bytes() == drawn(outline)


@pytest.mark.parametrize(("name", "side"), [("color.png", 192), ("outline.png", 32)])
def test_the_icons_have_the_sizes_that_teams_wants(name: str, side: int) -> None:
    """As their own headers say."""
    header = (FOLDER / name).read_bytes()[:24]
    assert header.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", header[16:24]) == (side, side)


@pytest.mark.parametrize("arguments", [["", str(FOLDER), "x.zip"], ["nonsense", str(FOLDER), "x.zip"], ["a"]])
def test_without_an_id_it_says_how_to_give_one(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And writes nothing."""
    assert main(arguments) == 2
    assert f"make teams-app APP_ID={EXAMPLE}" in capsys.readouterr().err


def test_it_writes_a_package_and_prints_a_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As ``make teams-app`` asks for."""
    assert main([EXAMPLE, str(FOLDER), str(tmp_path / "app.zip")]) == 0
    assert (tmp_path / "app.zip").read_bytes() == package(EXAMPLE, FOLDER)
    assert main([]) == 0
    assert capsys.readouterr().out == text(manifest())
