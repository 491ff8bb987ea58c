import pytest
from pydantic import ValidationError

from bot.settings import Environment

SECRET = "secret-of-this-address"
TOLD = ("MAILSTATUS_HEARTBEAT_URL", "MAILSTATUS_SLACK_API_URL", "MAILSTATUS_TEAMS_SERVICE_URL")
"""Addresses that are secret themselves, or are sent a token."""


def read(name: str, value: str) -> Environment:
    """Read one variable."""
    return Environment.model_validate({name: value})


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"http://hc.example.org/{SECRET}", id="plain text"),
        pytest.param(f"http://10.0.0.5/{SECRET}", id="plain text inside"),
        pytest.param(f"http://127.0.0.1.example.org/{SECRET}", id="a name that begins like loopback"),
        pytest.param(f"http://127.0.0.1@hc.example.org/{SECRET}", id="a user who is called so"),
        pytest.param(f"ftp://localhost/{SECRET}", id="another scheme"),
        pytest.param(f"hc.example.org/{SECRET}", id="no scheme"),
        pytest.param(f"https:///{SECRET}", id="no host"),
    ],
)
@pytest.mark.parametrize("name", TOLD)
def test_nothing_secret_goes_in_clear(name: str, address: str) -> None:
    """Not even where the settings say so; and the error keeps the address to itself."""
    with pytest.raises(ValidationError, match="does not begin with https://") as caught:
        read(name, address)
    assert SECRET not in caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    "address", ["https://hc.example.org/x", "http://127.0.0.1:9/x", "http://localhost:9/x", "http://[::1]:9/x"]
)
@pytest.mark.parametrize("name", TOLD)
def test_https_and_this_machine_are_taken(name: str, address: str) -> None:
    """Loopback is for trying it out, and for a server beside the bot."""
    assert read(name, address).model_dump(by_alias=True)[name]


@pytest.mark.parametrize("name", ["AZURE_AUTHORITY_HOST", "MAILSTATUS_GRAPH_URL"])
def test_microsoft_is_asked_by_https_alone(name: str) -> None:
    """Its sign-in takes nothing else."""
    with pytest.raises(ValidationError, match="does not begin with https://"):
        read(name, "http://login.example.org")
