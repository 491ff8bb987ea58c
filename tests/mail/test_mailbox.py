import pytest
from pydantic import SecretStr

from bot.mail import Mailbox, Security, Server


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_plain_text_is_allowed_on_loopback(host: str) -> None:
    """The tests' own servers need no certificate."""
    assert Server(host=host, port=25, security=Security.PLAIN).host == host


@pytest.mark.parametrize("host", ["mail.example", "10.0.0.1", "localhost.example"])
def test_plain_text_is_refused_elsewhere(host: str) -> None:
    """A password never travels in the clear."""
    with pytest.raises(ValueError, match="choose 'tls' or 'starttls'"):
        Server(host=host, port=25, security=Security.PLAIN)


def test_the_login_is_the_address_unless_a_user_is_given() -> None:
    """Most providers sign in by address."""
    assert Mailbox(name="a", address="a@x.example").login == "a@x.example"
    assert Mailbox(name="a", address="a@x.example", user="alice").login == "alice"


def test_a_mailbox_does_not_show_its_password() -> None:
    """A mailbox may be logged."""
    assert "hunter2" not in repr(Mailbox(name="a", address="a@x.example", secret=SecretStr("hunter2")))
