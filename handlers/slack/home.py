"""The app's home tab: the status page in small, and what one person is told. Pure."""

from collections.abc import Sequence

from bot.types import Incident, Snapshot
from bot.words import accounts, answers, replies
from bot.words.accounts import HISTORY
from bot.words.answers import by_gravity, told
from handlers.slack import answer
from handlers.slack.render import SIGNS, Block, buttons, section
from handlers.slack.text import mrkdwn

BLOCKS_MOST = 100
INCIDENTS_MOST = 8
HEADLINE_LIMIT = 500
DIVIDER: Block = {"type": "divider"}


def view(snapshot: Snapshot, language: str, mine: Sequence[Block] = ()) -> Block:
    """Show how mail is, what is open with its buttons, and the last seven days; below it what is the person's own."""
    now = answer.blocks(answers.now(snapshot, language))
    others = [block for one in by_gravity(snapshot)[1 : INCIDENTS_MOST + 1] for block in _open(one, snapshot, language)]
    past = answer.blocks(accounts.history(snapshot, HISTORY, language))
    own = [DIVIDER, *mine] if mine else []
    return {"type": "home", "blocks": [*[*now, *others, DIVIDER, *past][: BLOCKS_MOST - len(own)], *own]}


def strangers(language: str) -> Block:
    """Show those of whom it is not clear whose people they are where they can ask."""
    return {"type": "home", "blocks": answer.blocks(replies.nobodys(language))}


def _open(incident: Incident, snapshot: Snapshot, language: str) -> list[Block]:
    headline = told(incident, snapshot.at, language).headline
    said = section(f"{SIGNS[incident.severity]} *{mrkdwn(headline, HEADLINE_LIMIT)}*")
    return [DIVIDER, said, buttons(incident.id, language)]
