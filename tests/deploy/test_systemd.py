import re
import sys
from pathlib import Path

import pytest

from bot.settings import Environment
from tests.deploy.places import DEPLOY, run

UNIT = (DEPLOY / "systemd" / "mailstatus.service").read_text()


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Give the unit with a program that exists on this machine."""
    path = tmp_path / "mailstatus.service"
    path.write_text(UNIT.replace("/opt/mailstatus/bin/mailstatus", sys.executable))
    return path


def test_systemd_finds_nothing_wrong(unit: Path) -> None:
    done = run("systemd-analyze", "verify", "--man=no", unit)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_calls_its_exposure_low(unit: Path) -> None:
    done = run("systemd-analyze", "security", "--offline=yes", "--threshold=15", "--no-pager", unit)
    assert done.returncode == 0, done.stdout[-200:]


def test_it_runs_our_command_where_the_guide_installs_it() -> None:
    command = re.search(r"^ExecStart=(\S+) (\S+)$", UNIT, flags=re.MULTILINE)
    assert command
    assert command.groups() == ("/opt/mailstatus/bin/mailstatus", "run")
    assert "python3 -m venv /opt/mailstatus " in (DEPLOY.parent / "docs" / "operate.md").read_text()


def test_every_variable_that_it_sets_is_a_setting() -> None:
    ours = {field.alias for field in Environment.model_fields.values()}
    assert set(re.findall(r"^Environment=(MAILSTATUS_\w+)", UNIT, flags=re.MULTILINE)) <= ours


def test_secrets_come_from_a_file_that_only_root_reads() -> None:
    assert "EnvironmentFile=/etc/mailstatus/mailstatus.env" in UNIT
    assert "install -m 0600 .env /etc/mailstatus/mailstatus.env" in (DEPLOY.parent / "docs" / "operate.md").read_text()


def test_the_store_is_in_the_state_folder() -> None:
    assert "Environment=XDG_STATE_HOME=/var/lib\n" in UNIT
    assert "StateDirectory=mailstatus\n" in UNIT
