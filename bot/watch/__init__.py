"""Everything that looks: one file a thing, and one table that lists them."""

from collections.abc import Mapping

from bot.watch.canary import Canary, Line, Tools
from bot.watch.mailbox import MailboxWatch
from bot.watch.service_health import ServiceHealth
from bot.watch.watcher import Watcher

WATCHERS: Mapping[str, type[Watcher]] = {
    "service_health": ServiceHealth,
    "mailbox": MailboxWatch,
}

__all__ = ["WATCHERS", "Canary", "Line", "MailboxWatch", "ServiceHealth", "Tools", "Watcher"]
