import hashlib
import re

import pytest

from bot.web.render import HERE

VENDOR = HERE / "static" / "vendor"
ROWS = re.findall(
    r"^\| `([^`]+)` \| .* see `([^`]+)` \| `([0-9a-f]{64})` \|$", (VENDOR / "README.md").read_text(), re.MULTILINE
)


@pytest.mark.parametrize(("name", "licence", "checksum"), ROWS)
def test_a_vendored_file_is_as_it_came_and_has_its_licence(name: str, licence: str, checksum: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == checksum
    assert (VENDOR / licence).stat().st_size > 500


def test_every_vendored_file_is_listed() -> None:
    files = {path.name for path in VENDOR.iterdir() if path.suffix in {".js", ".css"}}
    assert files == {name for name, _, _ in ROWS}
