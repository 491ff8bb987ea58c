"""The app's home tab: the status in small. Pure."""

from bot.types import Snapshot
from bot.words import accounts, answers
from bot.words.accounts import HISTORY
from handlers.slack import answer
from handlers.slack.render import Block

BLOCKS_MOST = 100


def view(snapshot: Snapshot, language: str) -> Block:
    """Show how mail is now, with its buttons, and the last seven days."""
    now = answer.blocks(answers.now(snapshot, language))
    past = answer.blocks(accounts.history(snapshot, HISTORY, language))
    return {"type": "home", "blocks": [*now, {"type": "divider"}, *past][:BLOCKS_MOST]}
