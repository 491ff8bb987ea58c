"""Who may use a mailbox."""

import pytest

from bot.demo.mail.keys import Keys
from bot.demo.mail.mailbox import Account

ANA = Account(address="ana@contoso.example", password="pw")
KEYS = Keys(accounts={ANA.address: ANA}, knows_token=lambda token: token == "tok")


def test_a_password_opens_its_own_mailbox() -> None:
    """Whatever the case of the address."""
    assert KEYS.by_password("Ana@Contoso.example", "pw") is ANA
    assert KEYS.by_password("ana@contoso.example", "wrong") is None
    assert KEYS.by_password("ben@contoso.example", "pw") is None


@pytest.mark.parametrize(
    ("response", "opens"),
    [
        (b"\0ana@contoso.example\0pw", True),
        (b"admin\0ana@contoso.example\0pw", True),
        (b"\0ana@contoso.example\0", False),
        (b"ana@contoso.example", False),
        (b"\xff\xfe", False),
    ],
)
def test_sasl_plain(response: bytes, opens: bool) -> None:  # noqa: FBT001  a parameter of the table
    """An authorisation identity is ignored."""
    assert (KEYS.by_plain(response) is ANA) is opens


@pytest.mark.parametrize(
    ("response", "opens"),
    [
        (b"user=ana@contoso.example\x01auth=Bearer tok\x01\x01", True),
        (b"user=ana@contoso.example\x01auth=Bearer old\x01\x01", False),
        (b"user=ben@contoso.example\x01auth=Bearer tok\x01\x01", False),
        (b"", False),
    ],
)
def test_sasl_xoauth2(response: bytes, opens: bool) -> None:  # noqa: FBT001  a parameter of the table
    """A token has to be known."""
    assert (KEYS.by_xoauth2(response) is ANA) is opens
