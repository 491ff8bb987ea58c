"""The store: the only SQL of the program.

``Store.open(url)``, then ``async with store.begin() as tx`` for one transaction that may write and
``async with store.read() as tx`` for one that waits for nobody. ``tx`` has one attribute a noun.
"""

from bot.store.advisories import KeptAdvisory, KeptVersion
from bot.store.audit import Deed
from bot.store.codec import unreadable
from bot.store.conversations import Conversation
from bot.store.deliveries import Due, KeptDelivery, Pending
from bot.store.engine import NEVER_SILENT
from bot.store.engine_jobs import HeldJob
from bot.store.errors import StoreError
from bot.store.gaps import Gap
from bot.store.incidents import KeptEvidence
from bot.store.jobs import ClaimedJob, NewJob, RunningJob
from bot.store.leases import Lease, Leases
from bot.store.observations import RouteNow
from bot.store.pushes import Push
from bot.store.rollups import RouteStretch
from bot.store.store import Store
from bot.store.together import Together
from bot.store.transaction import Transaction
from bot.store.waiting import State

__all__ = [
    "NEVER_SILENT",
    "ClaimedJob",
    "Conversation",
    "Deed",
    "Due",
    "Gap",
    "HeldJob",
    "KeptAdvisory",
    "KeptDelivery",
    "KeptEvidence",
    "KeptVersion",
    "Lease",
    "Leases",
    "NewJob",
    "Pending",
    "Push",
    "RouteNow",
    "RouteStretch",
    "RunningJob",
    "State",
    "Store",
    "StoreError",
    "Together",
    "Transaction",
    "unreadable",
]
