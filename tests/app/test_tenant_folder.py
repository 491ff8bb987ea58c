"""The folder of companies: whatever happens to one file, the others are not touched, and nothing needs a restart."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.tenant_folder import FOLDER, TenantFolder, TenantWatch
from bot.app.tenants import Moved, Tenant, Tenants
from bot.settings import Environment, Installation, Settings, SettingsError
from tests.handlers.examples import TestClock

CHANNEL = """
azure_tenant_id = "id"
[destinations.ops]
platform = "slack"
channel = "{channel}"
"""


class Folder:
    """A folder and what is read from it."""

    def __init__(self, path: Path, **operator: object) -> None:
        self.path = path
        self.moves: list[Moved] = []
        self.broken: set[str] = set()
        self.folder = TenantFolder(operator=_operator(path, **operator), check=self._check)
        self.tenants = Tenants()
        self.tenants.listen(self._follow)
        self.watch = TenantWatch(folder=self.folder, tenants=self.tenants, clock=TestClock())

    def write(self, name: str, text: str = "", channel: str = "C000000000A") -> None:
        (self.path / f"{name}.toml").write_text(text or CHANNEL.format(channel=channel))

    async def looks(self, times: int = 2) -> None:
        """Look: what was changed counts with the second look."""
        for _ in range(times):
            await self.watch.look()

    def channel(self, name: str) -> str | None:
        return self.tenants.view(name).settings.installation.destinations["ops"].channel

    async def _follow(self, moved: Moved) -> None:
        self.moves.append(moved)

    def _check(self, tenant: Tenant) -> None:
        if any(one.channel in self.broken for one in tenant.settings.installation.destinations.values()):
            raise SettingsError(["destinations.ops: cannot work"])


def _operator(path: Path, **operator: object) -> Settings:
    environment = {"MAILSTATUS_TENANTS": str(path), **operator}
    return Settings(
        environment=Environment.model_validate(environment), installation=Installation(), named={}, state=path
    )


@pytest.fixture
async def folder(tmp_path: Path) -> Folder:
    """Give a folder with two companies that are watched."""
    made = Folder(tmp_path)
    made.write("acme")
    made.write("beta")
    await made.looks()
    return made


async def test_companies_come_change_and_go_without_a_restart(folder: Folder) -> None:
    """Each is told once, and the others stay the very values that they were."""
    beta = folder.tenants.view("beta")
    folder.write("acme", channel="C000000000B")
    folder.write("gamma")
    await folder.looks()
    assert (list(folder.tenants.names()), folder.channel("acme")) == (["beta", "acme", "gamma"], "C000000000B")
    assert folder.tenants.view("beta") is beta
    (folder.path / "acme.toml").unlink()
    await folder.looks()
    assert list(folder.tenants.names()) == ["beta", "gamma"]
    names = [tuple(one.name for one in (*move.added, *move.changed, *move.removed)) for move in folder.moves]
    assert names == [("acme", "beta"), ("gamma", "acme"), ("acme",)]


async def test_a_paused_company_is_not_watched_until_it_goes_on(folder: Folder) -> None:
    """Its file stays."""
    folder.write("acme", "paused = true")
    await folder.looks()
    assert list(folder.tenants.names()) == ["beta"]
    folder.write("acme")
    await folder.looks()
    assert set(folder.tenants.names()) == {"beta", "acme"}


@pytest.mark.parametrize("text", ["[destinations.ops", "platform = 3", "x" * 70_000, "\udc80"])
async def test_a_wrong_file_leaves_its_company_as_it_was(folder: Folder, text: str) -> None:
    """And says what is wrong until it is mended; nobody else is touched."""
    (folder.path / "acme.toml").write_bytes(text.encode(errors="surrogateescape"))
    folder.write("gamma")
    await folder.looks()
    assert folder.channel("acme") == "C000000000A"
    assert "gamma" in folder.tenants.names()
    assert list(folder.folder.faults) == ["acme"]
    assert folder.folder.faults["acme"][0].startswith("acme.toml: ")
    folder.write("acme", channel="C000000000B")
    await folder.looks()
    assert (folder.channel("acme"), folder.folder.faults) == ("C000000000B", {})


async def test_a_file_is_taken_only_when_it_stands_still(folder: Folder) -> None:
    """Half of a file that is being written may be sound by itself."""
    folder.write("acme", CHANNEL.format(channel="C000000000B"))
    await folder.looks(1)
    assert folder.channel("acme") == "C000000000A"
    folder.write("acme", CHANNEL.format(channel="C000000000C") + "\n# the second half")
    await folder.looks(1)
    assert folder.channel("acme") == "C000000000A"
    await folder.looks(1)
    assert folder.channel("acme") == "C000000000C"


async def test_a_file_that_is_away_for_a_moment_is_not_gone(folder: Folder) -> None:
    """Some editors write a new file and rename it."""
    text = (folder.path / "acme.toml").read_text()
    (folder.path / "acme.toml").unlink()
    await folder.looks(1)
    (folder.path / "acme.toml").write_text(text)
    await folder.looks()
    assert len(folder.moves) == 1


async def test_channels_that_cannot_work_leave_a_company_as_it_was(folder: Folder) -> None:
    """What only shows when the senders are made counts as a fault of the file."""
    folder.broken.add("C000000000B")
    folder.write("acme", channel="C000000000B")
    await folder.looks()
    assert folder.channel("acme") == "C000000000A"
    assert folder.folder.faults["acme"] == ["acme.toml: destinations.ops: cannot work"]


async def test_a_secret_that_changes_counts_as_a_change(folder: Folder) -> None:
    """A password is renewed without a restart."""
    text = 'page_token_env = "T"\n' + CHANNEL.format(channel="C000000000A")
    (folder.path / "acme.env").write_text("T=first\n")
    folder.write("acme", text)
    await folder.looks()
    (folder.path / "acme.env").write_text("T=the second\n")
    await folder.looks()
    assert folder.tenants.view("acme").settings.named["T"].get_secret_value() == "the second"


@pytest.fixture
async def apart(tmp_path: Path) -> Folder:
    """Give a folder with a company that has its secrets in a folder of their own, and one whose secrets are late."""
    secrets = tmp_path / "secrets"
    (secrets / "acme").mkdir(parents=True)
    (secrets / "acme" / "T").write_text("first")
    (tmp_path / "tenants").mkdir()
    made = Folder(tmp_path / "tenants", MAILSTATUS_SECRETS_DIR=str(secrets))
    for name in ("acme", "late"):
        made.write(name, 'page_token_env = "T"\n' + CHANNEL.format(channel="C000000000A"))
    await made.looks()
    return made


def token(folder: Folder, name: str) -> str:
    return folder.tenants.view(name).settings.named["T"].get_secret_value()


async def test_a_secret_that_changes_in_the_folder_of_secrets_counts_as_a_change(apart: Folder) -> None:
    """Written over in place, or turned to another folder by one link, as Kubernetes does it."""
    own = apart.path.parent / "secrets" / "acme"
    (own / "T").write_text("the second")
    await apart.looks()
    assert token(apart, "acme") == "the second"
    for turn in ("one", "two"):
        (own / f"..{turn}").mkdir()
        (own / f"..{turn}" / "T").write_text(turn)
    (own / "..data").symlink_to("..one")
    (own / "T").unlink()
    (own / "T").symlink_to("..data/T")
    await apart.looks()
    assert token(apart, "acme") == "one"
    (own / "..next").symlink_to("..two")
    (own / "..next").replace(own / "..data")
    await apart.looks()
    assert token(apart, "acme") == "two"


async def test_secrets_that_come_after_their_companys_file_mend_it(apart: Folder) -> None:
    """Nobody has to touch the file; and secrets that go leave the company as it was."""
    assert (list(apart.tenants.names()), list(apart.folder.faults)) == (["acme"], ["late"])
    own = apart.path.parent / "secrets" / "late"
    own.mkdir()
    (own / "T").write_text("here at last")
    await apart.looks()
    assert (token(apart, "late"), apart.folder.faults) == ("here at last", {})
    (own / "T").unlink()
    own.rmdir()
    await apart.looks()
    assert (token(apart, "late"), list(apart.folder.faults)) == ("here at last", ["late"])


async def test_secrets_that_are_away_altogether_change_nothing(apart: Folder) -> None:
    """As with the folder itself: one mount that is gone is said once, and not for each company."""
    secrets = apart.path.parent / "secrets"
    secrets.rename(apart.path.parent / "away")
    await apart.looks()
    assert f"{secrets} cannot be read" in apart.folder.faults[FOLDER][0]
    assert set(apart.folder.faults) == {FOLDER, "late"}
    (apart.path.parent / "away").rename(secrets)
    await apart.looks()
    assert (list(apart.tenants.names()), list(apart.folder.faults)) == (["acme"], ["late"])


async def test_a_file_whose_rights_change_is_read_again(folder: Folder) -> None:
    """It is what the fault asks for where it could not be read."""
    folder.broken.add("C000000000B")
    folder.write("gamma", channel="C000000000B")
    await folder.looks()
    assert list(folder.folder.faults) == ["gamma"]
    folder.broken.clear()
    (folder.path / "gamma.toml").chmod(0o600)
    await folder.looks()
    assert (folder.channel("gamma"), folder.folder.faults) == ("C000000000B", {})


async def test_a_folder_that_is_gone_or_empty_takes_nobody_out(folder: Folder) -> None:
    """A mount that is away is no reason to close everybody's incidents."""
    files = {path: path.read_text() for path in folder.path.iterdir()}
    for path in files:
        path.unlink()
    await folder.looks()
    assert list(folder.tenants.names()) == ["acme", "beta"]
    assert "is empty all at once" in folder.folder.faults[FOLDER][0]
    folder.path.rmdir()
    await folder.looks()
    assert "cannot be read" in folder.folder.faults[FOLDER][0]
    folder.path.mkdir()
    for path, text in files.items():
        path.write_text(text)
    await folder.looks()
    assert (list(folder.tenants.names()), folder.folder.faults) == (["acme", "beta"], {})


async def test_two_companies_cannot_have_one_page_token(tmp_path: Path) -> None:
    """Nor a company the operator's: each is told of, watched, and hears that its token opens nothing."""
    folder = Folder(tmp_path, MAILSTATUS_PAGE_TOKEN="the operator's")
    text = 'page_token_env = "T"\n'
    for name, token in (("acme", "one"), ("beta", "one"), ("gamma", "the operator's")):
        folder.write(name, text)
        (tmp_path / f"{name}.env").write_text(f'T="{token}"\n')
    folder.write("delta")
    await folder.looks()
    assert list(folder.tenants.names()) == ["acme", "beta", "delta", "gamma"]
    assert (set(folder.folder.clashes), folder.folder.faults) == ({"acme", "beta", "gamma"}, {})
    assert "the operator's" not in str(folder.folder.wrong())


@pytest.mark.parametrize("name", ["aaa", "zzz"])
async def test_a_newcomer_with_anothers_token_takes_nothing_away(folder: Folder, name: str) -> None:
    """Live and after a restart alike both are watched and told of, and it ends when one of them lets go."""
    text = 'page_token_env = "T"\n'
    for one in ("acme", name):
        folder.write(one, text)
        (folder.path / f"{one}.env").write_text("T=same\n")
        await folder.looks()
    again = Folder(folder.path)
    await again.looks()
    for each in (folder, again):
        assert set(each.tenants.names()) == {"acme", "beta", name}
        assert set(each.folder.clashes) == {"acme", name}
    (folder.path / f"{name}.env").write_text("T=its own\n")
    await folder.looks()
    assert (folder.folder.clashes, folder.folder.faults) == ({}, {})


async def test_a_company_of_mailstatus_toml_is_not_taken_over(tmp_path: Path) -> None:
    """Its name is taken."""
    folder = Folder(tmp_path, AZURE_TENANT_ID="own")
    folder.write("default")
    await folder.looks()
    assert list(folder.tenants.names()) == ["default"]
    assert "call the file otherwise" in folder.folder.faults["default"][0]


async def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """Notes, and files that are being written."""
    folder = Folder(tmp_path)
    for name in ("README.md", ".acme.toml.swp", ".acme.toml", "acme.env"):
        (tmp_path / name).write_text("x")
    await folder.looks()
    assert (list(folder.tenants.names()), folder.folder.faults) == ([], {})


class EnoughError(Exception):
    """Enough was seen."""


@pytest.mark.parametrize(("takes", "pause"), [(0.01, 3.0), (0.5, 10.0), (30.0, 60.0)])
async def test_looks_at_very_many_companies_leave_most_of_the_time_to_other_things(
    tmp_path: Path, takes: float, pause: float
) -> None:
    """A twentieth at most, and one in a minute at least."""
    folder = Folder(tmp_path)
    clock = folder.watch.clock
    assert isinstance(clock, TestClock)

    async def slow(_: Moved) -> None:
        clock.at += timedelta(seconds=takes)

    folder.tenants.listen(slow)
    folder.write("acme")

    def beat() -> None:
        if len(clock.slept) == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        await folder.watch.run(beat)
    assert clock.slept[2] == timedelta(seconds=pause)
