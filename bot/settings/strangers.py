"""Which mail servers a company's own file may name: none in the operator's own network."""

import ipaddress
from collections.abc import Iterable, Mapping

from bot.settings.routes import MailboxTable

INSIDE = (".local", ".internal", ".localhost", ".lan", ".home.arpa")


def server_faults(mailboxes: Mapping[str, MailboxTable]) -> Iterable[str]:
    """Refuse servers that are inside; names that lead inside are refused where they are resolved."""
    for name, box in mailboxes.items():
        for key, server in (("smtp", box.smtp), ("imap", box.imap)):
            if server is not None and is_inside(server.host):
                example = f'{key} = "{key}.example.com:{587 if key == "smtp" else 993}"'
                yield f"mailboxes.{name}.{key}: {server.host} is in the operator's own network. Example: {example}"


def is_inside(host: str) -> bool:
    """Tell whether a host is private, link-local or loopback by its very name."""
    plain = host.strip("[]").rstrip(".").lower()
    try:
        return not ipaddress.ip_address(plain).is_global
    except ValueError:
        return "." not in plain or f".{plain}".endswith(INSIDE)
