import re
from typing import Any

import pytest
import yaml

from bot.settings import Environment
from tests.deploy.places import BIN, DEPLOY, run

FILE = DEPLOY / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS: dict[str, Any] = SERVICES["mailstatus"]
PORT = Environment.model_fields["listen"].default.rpartition(":")[2]


def test_it_is_valid_by_the_schema_of_the_compose_specification() -> None:
    done = run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", FILE)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_shut_in(service: str) -> None:
    one = SERVICES[service]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in one
    assert "latest" not in one["image"]


def test_the_port_is_the_programs_and_open_to_this_machine_alone() -> None:
    assert OURS["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert OURS["environment"]["MAILSTATUS_LISTEN"] == f"0.0.0.0:{PORT}"


def test_every_variable_is_a_setting_and_the_token_is_demanded() -> None:
    assert set(OURS["environment"]) <= {field.alias for field in Environment.model_fields.values()}
    assert OURS["environment"]["MAILSTATUS_PAGE_TOKEN"].startswith("${MAILSTATUS_PAGE_TOKEN:?")


def test_the_store_is_where_the_image_keeps_it() -> None:
    volume = re.search(r"^VOLUME (\S+)", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert volume
    assert f"state:{volume[1]}" in OURS["volumes"]


def test_settings_are_mounted_where_they_are_read_and_cannot_be_written() -> None:
    config = OURS["environment"]["MAILSTATUS_CONFIG"]
    assert f"../mailstatus.toml:{config}:ro" in OURS["volumes"]


def test_postgresql_comes_only_when_asked_for() -> None:
    assert SERVICES["postgres"]["profiles"] == ["postgres"]
    assert OURS["depends_on"]["postgres"] == {"condition": "service_healthy", "required": False}


def test_no_secret_is_written_down() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search(r"PASSWORD|TOKEN|SECRET", name) or str(value).startswith("${"), name
