"""The image's packages by their hashes agree with the versions that everything is tested with."""

import re
from collections.abc import Iterator
from importlib.metadata import distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.places import DEPLOY, ROOT

LOCKS = {name: (DEPLOY / name).read_text() for name in ("requirements.lock", "build.lock")}
PRODUCT = re.findall(r"^(\S+)==", LOCKS["requirements.lock"], flags=re.MULTILINE)
PINS = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), flags=re.MULTILINE)
}


def needed(name: str, extras: frozenset[str] = frozenset(), seen: set[str] | None = None) -> Iterator[str]:
    """Give all that a package needs here, and what that needs in turn."""
    seen = set() if seen is None else seen
    for line in distribution(name).requires or ():
        one = Requirement(line)
        wanted = one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in {"", *extras})
        key = canonicalize_name(one.name)
        if wanted and (key not in seen or one.extras):
            seen.add(key)
            yield key
            yield from needed(one.name, frozenset(one.extras), seen)


@pytest.mark.parametrize("lock", LOCKS)
def test_each_version_is_the_one_that_is_tested(lock: str) -> None:
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", LOCKS[lock], flags=re.MULTILINE)
    assert found
    assert dict(found) == {name: PINS.get(canonicalize_name(name)) for name, _ in found}


def test_all_that_the_product_needs_is_there() -> None:
    """With the Teams bot, which the image has in it."""
    assert set(needed("mailstatus", frozenset({"teams"}))) - {"mailstatus"} <= set(map(canonicalize_name, PRODUCT))


def test_what_only_tests_need_is_not() -> None:
    assert not {"pytest", "ruff", "schemathesis", "bandit"} & set(PRODUCT)


@pytest.mark.parametrize("lock", LOCKS)
def test_each_package_has_a_hash_and_none_an_address(lock: str) -> None:
    for entry in re.split(r"\n(?=\S)", LOCKS[lock].rstrip("\n")):
        assert entry.startswith("#") or re.fullmatch(r"[\w.-]+==\S+( \\\n    --hash=sha256:[0-9a-f]{64})+", entry), (
            entry[:80]
        )
    assert "://" not in LOCKS[lock]
