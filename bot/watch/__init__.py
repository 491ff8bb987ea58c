"""Everything that looks: one file a thing, and one table that lists them."""

from collections.abc import Mapping

from bot.watch.canary import Canary, Line, Tools
from bot.watch.free_busy import FreeBusy, Habit
from bot.watch.ledger import Issue
from bot.watch.mailbox import MailboxWatch
from bot.watch.service_health import ServiceHealth
from bot.watch.status_pages import PAGES, Page, StatusFeed, StatusPage
from bot.watch.watcher import Watcher

WATCHERS: Mapping[str, type[Watcher]] = {
    "service_health": ServiceHealth,
    "mailbox": MailboxWatch,
    "free_busy": FreeBusy,
    "status_page": StatusPage,
}

__all__ = [
    "PAGES",
    "WATCHERS",
    "Canary",
    "FreeBusy",
    "Habit",
    "Issue",
    "Line",
    "MailboxWatch",
    "Page",
    "ServiceHealth",
    "StatusFeed",
    "StatusPage",
    "Tools",
    "Watcher",
]
