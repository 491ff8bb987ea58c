"""AUTHENTICATE: names and secrets in base64."""

import binascii
from base64 import b64decode

from bot.demo.imap.wire import Command, WireError, text
from bot.demo.mail.keys import Keys
from bot.demo.mail.mailbox import Account


def authenticated(command: Command, response: str, keys: Keys) -> Account | None:
    """Give the account that a SASL response opens; ``WireError`` on an unknown mechanism or bad base64."""
    mechanism = text(command.args[0]).upper()
    try:
        given = b64decode(response, validate=True)
    except binascii.Error as error:
        raise WireError("the response is no base64") from error
    match mechanism:
        case "PLAIN":
            return keys.by_plain(given)
        case "XOAUTH2":
            return keys.by_xoauth2(given)
        case _:
            raise WireError(f"unknown mechanism {mechanism}")
