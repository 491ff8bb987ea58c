"""Whoever runs a command at the machine, for the audit log."""

import os
import pwd
import socket

from bot.app.clock import SystemClock
from bot.store import Deed
from bot.types import Person


def by_hand(what: str, **about: object) -> Deed:
    """Give a deed of the account that runs this command, now; the name is that of who called sudo for it, if any."""
    account = os.getuid()
    person = Person(platform="machine", workspace=socket.gethostname(), id=str(account))
    who = os.environ.get("SUDO_USER") or _name(account)
    return Deed.of(person, who, what, at=SystemClock().now(), about=about)


def _name(account: int) -> str:
    """Give an account's name; in a container it may have none."""
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        return str(account)
