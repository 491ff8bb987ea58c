import re
import sys
from pathlib import Path

import pytest

from bot.settings import Environment
from tests.deploy.places import DEPLOY, run

UNIT = (DEPLOY / "systemd" / "mailstatus.service").read_text()
VANTAGE = (DEPLOY / "systemd" / "mailstatus-vantage.service").read_text()


@pytest.fixture(params=["mailstatus", "mailstatus-vantage"])
def unit(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Give each unit with a program that exists on this machine."""
    path = tmp_path / f"{request.param}.service"
    text = UNIT if request.param == "mailstatus" else VANTAGE
    path.write_text(text.replace("/opt/mailstatus/bin/mailstatus", sys.executable))
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


def test_a_vantage_is_shut_in_as_the_bot_is() -> None:
    """And watched as the bot is: the units differ in what they run and say, and in nothing else."""
    own = ("#", "Description=", "Documentation=", "ExecStart=")
    kept = [[line for line in text.splitlines() if not line.startswith(own)] for text in (UNIT, VANTAGE)]
    assert kept[0] == kept[1]
    assert "\nExecStart=/opt/mailstatus/bin/mailstatus run --push ${MAILSTATUS_PUSH}\n" in VANTAGE
    assert "MAILSTATUS_PUSH=https://" in (DEPLOY.parent / "docs" / "vantages.md").read_text()


def test_every_variable_that_it_sets_is_a_setting() -> None:
    ours = {field.alias for field in Environment.model_fields.values()}
    assert set(re.findall(r"^Environment=(MAILSTATUS_\w+)", UNIT, flags=re.MULTILINE)) <= ours


def test_secrets_come_from_a_file_that_only_root_reads() -> None:
    assert "EnvironmentFile=/etc/mailstatus/mailstatus.env" in UNIT
    assert "install -m 0600 .env /etc/mailstatus/mailstatus.env" in (DEPLOY.parent / "docs" / "operate.md").read_text()


def test_the_store_is_in_the_state_folder() -> None:
    assert "Environment=XDG_STATE_HOME=/var/lib\n" in UNIT
    assert "StateDirectory=mailstatus\n" in UNIT
