"""What is to be seen of an evening: what was told, and how many test messages went out."""

import re

from bot.demo.chat.texts import slack_texts, teams_texts
from bot.demo.mail.faults import BAD_SEQUENCE, MailFault, Trouble
from bot.demo.world import World
from tests.end_to_end.process import Running

REFUSED = MailFault(trouble=Trouble.REFUSE, routes=("outbound-eu", "outbound-us"), reply=BAD_SEQUENCE)


def told(box: World) -> bool:
    """Tell whether both channels say that sending is refused."""
    channels = [slack_texts(box.slack.workspace), teams_texts(box.teams.posted)]
    return all(any(re.search(r"503 5\.5\.1", said.text) for said in channel) for channel in channels)


def sent(bot: Running) -> int:
    """Count the test messages that the process has sent."""
    return sum("event='probe_sent'" in line for line in bot.log)


def heads(box: World) -> list[str]:
    """Give what begins a thread in Slack."""
    return [post.text for post in box.slack.workspace.posts if not post.thread_ts]
