"""Save, speak, mark: what has to be said is in the store before it is said, and marked after."""

from bot.outbox.calls import call
from bot.outbox.channels import Channels
from bot.outbox.courier import Courier
from bot.outbox.drafts import Audience, drafts
from bot.outbox.plan import plan
from bot.outbox.reach import try_now
from bot.outbox.sender import DirectLine, DoubtedError, Sender, SendError, check_doubts
from bot.outbox.telling import draft

__all__ = [
    "Audience",
    "Channels",
    "Courier",
    "DirectLine",
    "DoubtedError",
    "SendError",
    "Sender",
    "call",
    "check_doubts",
    "draft",
    "drafts",
    "plan",
    "try_now",
]
