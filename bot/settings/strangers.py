"""Which mail servers a company's own file may name: none in the operator's own network."""

from collections.abc import Iterable, Mapping

from bot.egress import host_fault
from bot.settings.routes import MailboxTable


def server_faults(mailboxes: Mapping[str, MailboxTable]) -> Iterable[str]:
    """Refuse servers that are inside; ``bot.egress.public_socket`` refuses names that lead inside."""
    for name, box in mailboxes.items():
        for key, server in (("smtp", box.smtp), ("imap", box.imap)):
            if server is not None and host_fault(server.host.strip("[]")):
                example = f'{key} = "{key}.example.com:{587 if key == "smtp" else 993}"'
                yield f"mailboxes.{name}.{key}: {server.host} is in the operator's own network. Example: {example}"
