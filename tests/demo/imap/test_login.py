"""AUTHENTICATE."""

from base64 import b64encode

import pytest

from bot.demo.imap.login import authenticated
from bot.demo.imap.wire import Command, WireError
from bot.demo.mail.keys import Keys
from bot.demo.mail.mailbox import Account

ANA = Account(address="ana@contoso.example", password="pw")
KEYS = Keys(accounts={ANA.address: ANA}, knows_token=lambda token: token == "tok")
RIGHT = {"PLAIN": b"\0ana@contoso.example\0pw", "XOAUTH2": b"user=ana@contoso.example\x01auth=Bearer tok\x01\x01"}


def enter(mechanism: str, response: str) -> Account | None:
    """Come in by a mechanism."""
    return authenticated(Command(tag="a", name="AUTHENTICATE", args=[mechanism]), response, KEYS)


@pytest.mark.parametrize("mechanism", ["PLAIN", "XOAUTH2"])
def test_both_mechanisms_open(mechanism: str) -> None:
    """With the right response, and with no other."""
    assert enter(mechanism.lower(), b64encode(RIGHT[mechanism]).decode()) is ANA
    assert enter(mechanism, b64encode(b"wrong").decode()) is None


@pytest.mark.parametrize(("mechanism", "response"), [("PLAIN", "*"), ("GSSAPI", "")])
def test_what_is_no_login(mechanism: str, response: str) -> None:
    """Is said."""
    with pytest.raises(WireError):
        enter(mechanism, response)
