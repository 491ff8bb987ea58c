import os
import subprocess
from pathlib import Path

import pytest

from tests.deploy.places import BIN, DEPLOY, run

SCRIPT = DEPLOY / "entra" / "register.sh"
SERVICE_HEALTH = "79c261e0-fe76-4144-aad5-bdc68fbe4037"
MESSAGE_TRACE = "89b20d8a-76e2-4057-867b-9961f800b9a4"
TRACE_SERVICE = "8bd644d1-64a1-4d4b-ae52-2e0cbf64e373"
AZ = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
  "ad app list"*) echo "$EXISTING" ;;
  "ad app create"*) echo new-app ;;
  "ad sp show"*"--query id"*) echo object-1 ;;
  "ad sp show"*) exit 3 ;;
  "ad app permission admin-consent"*)
    test -z "$REFUSED" || { echo "Forbidden" >&2; exit 1; } ;;
  "account show"*) echo tenant-1 ;;
  "ad app credential reset"*"--query password"*) echo made-up-secret ;;
esac
"""


class Entra:
    """The script against a command line that notes its calls."""

    def __init__(self, folder: Path) -> None:
        self.calls = folder / "calls"
        self.calls.touch()
        self._env = {
            "PATH": f"{folder}:{os.environ['PATH']}",
            "CALLS": str(self.calls),
            "EXISTING": "",
            "REFUSED": "",
            "MAILSTATUS_CONSENT_WAIT": "0",
        }
        az = folder / "az"
        az.write_text(AZ)
        az.chmod(0o755)

    def register(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run it."""
        return run("bash", SCRIPT, *arguments, env=self._env | env)

    def said(self) -> str:
        """Give the calls, one a line."""
        return self.calls.read_text()


@pytest.fixture
def entra(tmp_path: Path) -> Entra:
    """Give a tenant without our app."""
    return Entra(tmp_path)


def test_shellcheck_finds_nothing() -> None:
    done = run(BIN / "shellcheck", SCRIPT)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_app_may_read_service_health_and_nothing_else(entra: Entra) -> None:
    done = entra.register()
    assert done.returncode == 0, done.stderr
    granted = [line for line in entra.said().splitlines() if "permission add" in line]
    graph = "00000003-0000-0000-c000-000000000000"
    wanted = f"--id new-app --api {graph} --api-permissions {SERVICE_HEALTH}=Role --output none"
    assert granted == [f"ad app permission add {wanted}"]
    assert "Mail." not in entra.said()


def test_standard_output_is_lines_for_the_settings(entra: Entra) -> None:
    assert entra.register().stdout.splitlines() == [
        "AZURE_TENANT_ID=tenant-1",
        "AZURE_CLIENT_ID=new-app",
        "AZURE_CLIENT_SECRET=made-up-secret",
    ]


def test_an_app_that_exists_is_used_as_it_is(entra: Entra) -> None:
    done = entra.register(EXISTING="old-app")
    assert "AZURE_CLIENT_ID=old-app" in done.stdout
    assert "ad app create" not in entra.said()


def test_the_message_trace_needs_its_role_and_its_service_principal(entra: Entra) -> None:
    entra.register("--trace")
    assert f"{MESSAGE_TRACE}=Role" in entra.said()
    assert f"ad sp create --id {TRACE_SERVICE}" in entra.said()


def test_mailboxes_are_let_in_by_exchange_and_not_by_entra(entra: Entra) -> None:
    done = entra.register("--mailboxes", "a@contoso.com,b@contoso.com")
    assert "New-ServicePrincipal -AppId new-app -ObjectId object-1" in done.stderr
    assert "(PrimarySmtpAddress -eq 'a@contoso.com') -or (PrimarySmtpAddress -eq 'b@contoso.com')" in done.stderr
    assert "Application Mail.Send" in done.stderr
    assert "Application Mail.ReadWrite" in done.stderr
    assert entra.said().count("permission add") == 1
    assert "Calendars" not in done.stderr.replace("Mail.* or Calendars.*", "")


def test_calendars_are_let_in_by_exchange_in_the_same_mailboxes(entra: Entra) -> None:
    done = entra.register("--mailboxes", "a@contoso.com", "--calendars")
    role = "New-ManagementRoleAssignment -App object-1 -Role 'Application Calendars.ReadWrite'"
    assert (
        f"\n  {role} -CustomResourceScope 'mailstatus mailboxes'\n  Test-ServicePrincipalAuthorization" in done.stderr
    )
    assert entra.said().count("permission add") == 1


def test_a_certificate_stands_in_for_the_secret(entra: Entra, tmp_path: Path) -> None:
    pem = tmp_path / "app.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----")
    done = entra.register("--certificate", str(pem))
    assert "SECRET" not in done.stdout
    assert f"--append --cert @{pem}" in entra.said()


def test_consent_that_is_refused_is_said(entra: Entra) -> None:
    done = entra.register(REFUSED="yes")
    assert done.returncode == 2
    assert "Privileged Role Administrator" in done.stderr
    assert "SECRET" not in done.stdout


@pytest.mark.parametrize("arguments", [("--odd",), ("--name",), ("--certificate", "/nowhere.pem"), ("--calendars",)])
def test_wrong_arguments_change_nothing(entra: Entra, arguments: tuple[str, ...]) -> None:
    assert entra.register(*arguments).returncode == 2
    assert entra.said() == ""


def test_help_is_given(entra: Entra) -> None:
    assert "usage:" in entra.register("--help").stdout
