"""The tools that we are held against are there."""

import json
from pathlib import Path

from tests import kits


def test_node_is_new_enough_for_every_kit() -> None:
    assert int(kits.node("--print", "process.versions.node").split(".")[0]) >= 20


def test_every_kit_is_installed_in_the_version_that_was_asked_for() -> None:
    wanted = json.loads((kits.KITS / "package.json").read_text())["dependencies"]
    found = {name: json.loads((kits.MODULES / name / "package.json").read_text())["version"] for name in wanted}
    assert found == wanted


def test_the_lock_file_pins_by_hash_and_names_no_address() -> None:
    locked = json.loads((kits.KITS / "package-lock.json").read_text())["packages"]
    inside = [entry for name, entry in locked.items() if name]
    assert inside
    assert all("integrity" in entry and "resolved" not in entry for entry in inside)


def test_the_browser_draws_a_page(tmp_path: Path) -> None:
    page, picture = tmp_path / "page.html", tmp_path / "page.png"
    page.write_text("<h1>Mail is fine</h1>")
    kits.screenshot(page, picture, width=360, height=200)
    assert picture.read_bytes().startswith(b"\x89PNG")
