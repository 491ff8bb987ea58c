"""Same fault or not: findings and advisories to incidents, and what is new about them.

Each ``take_…`` puts something that was seen into the book; ``changes`` then says what is new at a moment.
"""

from bot.correlate.book import LAST, Book, Tallies
from bot.correlate.changes import changes
from bot.correlate.chats import in_doubt
from bot.correlate.claims import take_gone, take_reading
from bot.correlate.leaving import take_leave
from bot.correlate.measured import take_findings
from bot.correlate.orders import take_order
from bot.correlate.ring import after_quiet, passed_on, takes
from bot.correlate.sight import take_back, take_blind, take_cut_off

__all__ = [
    "LAST",
    "Book",
    "Tallies",
    "after_quiet",
    "changes",
    "in_doubt",
    "passed_on",
    "take_back",
    "take_blind",
    "take_cut_off",
    "take_findings",
    "take_gone",
    "take_leave",
    "take_order",
    "take_reading",
    "takes",
]
