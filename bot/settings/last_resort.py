"""Whether e-mail to a destination still goes out when the mail system that is watched is down."""

from collections.abc import Iterable, Mapping

from bot.settings.destinations import DestinationTable
from bot.settings.routes import MailboxTable, RouteTable

MICROSOFT = (".office365.com", ".office.com", ".outlook.com", ".office365.us", ".partner.outlook.cn", ".microsoft.com")
"""Hosts of the mail system that is watched."""


def last_resort_faults(
    destinations: Mapping[str, DestinationTable],
    mailboxes: Mapping[str, MailboxTable],
    routes: Iterable[RouteTable],
) -> Iterable[str]:
    """Refuse mail that would leave by, or arrive in, the mail system that is watched."""
    watched = _watched(routes)
    own = {mailboxes[name].address.rpartition("@")[2].lower() for name in watched if name in mailboxes}
    for name, table in destinations.items():
        if table.platform != "email" or table.mailbox is None or table.address is None:
            continue
        box = mailboxes.get(table.mailbox)
        if box is None:
            example = f"[mailboxes.{table.mailbox}]"
            yield f"destinations.{name}.mailbox: there is no mailbox {table.mailbox!r}. Example: {example}"
        elif box.smtp is None or box.via == "graph":
            example = 'smtp = "smtp.example.org:587"'
            yield f"mailboxes.{table.mailbox}.smtp: is missing, and destinations.{name} needs it. Example: {example}"
        elif table.mailbox in watched or f".{box.smtp.host.lower()}".endswith(MICROSOFT) or box.auth == "oauth":
            yield (
                f"destinations.{name}.mailbox: {table.mailbox!r} is of the mail system that is watched, and fails with "
                'it: take a mailbox at another provider. Example: smtp = "smtp.example.org:587"'
            )
        if table.address.rpartition("@")[2].lower() in own:
            yield (
                f"destinations.{name}.address: is in the mail system that is watched, where nobody reads it while that "
                'is down. Example: address = "oncall@example.org"'
            )


def _watched(routes: Iterable[RouteTable]) -> frozenset[str]:
    """Name the mailboxes of the company whose mail is watched."""
    sides = {"outbound": (True, False), "inbound": (False, True), "internal": (True, True), "control": (False, False)}
    return frozenset(
        box
        for route in routes
        for box, counts in zip((route.sender, route.receiver), sides[route.direction], strict=True)
        if counts
    )
