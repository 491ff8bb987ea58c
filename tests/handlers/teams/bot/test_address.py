"""Where the bot's token may go."""

import pytest

from handlers.teams.bot.address import activity_of, conversation_of, known

OWN = "http://127.0.0.1:9009"


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net:443/teams",
        "https://SMBA.trafficmanager.net/amer/8e6f1a0c/",
        "https://smba.infra.gcc.teams.microsoft.com/teams",
        "https://smba.infra.gov.teams.microsoft.us/teams",
        "https://europe.webchat.botframework.com/",
        OWN,
        f"{OWN}/",
    ],
)
def test_microsofts_own_addresses_and_the_operators_are_known(url: str) -> None:
    """Of all clouds."""
    assert known(url, OWN)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "smba.trafficmanager.net",
        "http://smba.trafficmanager.net/emea/",
        "https://evil.trafficmanager.net/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example/smba.trafficmanager.net",
        "https://evil.example#.botframework.com",
        "https://evilbotframework.com",
        "https://smba.trafficmanager.net@evil.example/",
        "https://user:pass@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net/?x=1",
        "https://smba.trafficmanager.net:port/",
        "https://[",
        "file:///etc/passwd",
        "http://127.0.0.1:9010",
    ],
)
def test_any_other_is_not(url: str) -> None:
    """However it is dressed up."""
    assert not known(url, OWN)


def test_without_the_operators_word_loopback_is_not_known() -> None:
    """As in production."""
    assert not known(OWN)


@pytest.mark.parametrize("id_", ["", "19:a/../../b", "19:a?x", "19:a#x", "a b", "..", "19:..@x", "x" * 400, "19:a%2f"])
def test_an_id_that_would_lead_elsewhere_is_refused(id_: str) -> None:
    """It becomes a part of an address that a token is sent to."""
    with pytest.raises(ValueError, match="is no id"):
        conversation_of(id_)
    with pytest.raises(ValueError, match="is no id"):
        activity_of(id_)


def test_a_thread_is_no_part_of_a_conversation() -> None:
    """Teams writes both in one."""
    assert conversation_of("19:a_b-c=@thread.tacv2;messageid=17") == "19:a_b-c=@thread.tacv2"
    assert activity_of("1700000000001") == "1700000000001"
    assert activity_of("f:0a1b-2c") == "f:0a1b-2c"
