"""What is to be said of a test message that arrived: where it lies, and whose clock is wrong."""

from bot.mail.inbox import JUNK
from bot.types import Arrived, Skew
from bot.watch.canary import Line
from bot.words import catalogue, text
from bot.words.way import clock


def remarks(seen: Arrived, line: Line | None) -> list[str]:
    """Say what is odd about an arrival, and what mends it."""
    said = [_junk(line)] if seen.folder == JUNK else []
    if seen.skew_seconds:
        words = catalogue("en")
        said.append(text(clock(Skew(seconds=seen.skew_seconds, by=seen.skew_by), words), words))
    return said


def _junk(line: Line | None) -> str:
    if line is None:
        return "It arrived in Junk: allow its sender in the receiver's mailbox."
    sender, receiver = line.sender.address, line.receiver.address
    return (
        f"It arrived in Junk: allow the sender {sender} in the mailbox {receiver}. In Exchange: "
        f"Set-MailboxJunkEmailConfiguration {receiver} -TrustedSendersAndDomains @{{Add='{sender}'}}"
    )
