"""A mail address as a place to send to; nothing can be edited there, and nobody can look whether a mail arrived."""

import re
from datetime import timedelta

from bot.mail import Accepted, FateUnknown, Mailbox, NoAnswer, OwnTrouble, Refusal, SmtpSender
from bot.outbox import SendError, check_doubts
from bot.types import Clock, Delivery, Kind, Landed
from bot.words.gaps import late_note
from handlers.clean import clean
from handlers.email.render import mail, message_id

RUN_SECONDS = 25.0
"""Below the limit that the outbox gives to a try."""
DOUBTFUL = timedelta(minutes=10)
"""Before a mail that may have arrived is sent once more."""
SAID_MOST = 200
_FINAL = re.compile(r"5\d\d ")
_OF_THE_MESSAGE = frozenset({"data"})
"""Steps whose final refusal says nothing of the next mail."""


class EmailSender:
    """One address, by the submission server of a mailbox that is not of the system that is watched."""

    def __init__(self, mailbox: Mailbox, address: str, *, clock: Clock, run_seconds: float = RUN_SECONDS) -> None:
        """Take a mailbox that can send, with its server's certificate checked; raises ValueError if it cannot."""
        self._smtp = SmtpSender(mailbox, run_seconds=run_seconds)
        self._sender = mailbox.address
        self._address = address
        self._clock = clock

    async def send(self, delivery: Delivery) -> Landed:
        """Hand the mail over; where an earlier try may have landed, once more.

        Every copy bears the Message-ID of the first. Raises SendError.
        """
        check_doubts(delivery)
        at = self._clock.now()
        letter = mail(delivery, sender=self._sender, to=self._address, at=at, note=late_note(delivery, at))
        outcome = await self._smtp.send(letter)
        if not isinstance(outcome, Accepted):
            raise judged(outcome)
        if delivery.kind is not Kind.HEAD and delivery.head:
            return delivery.head
        return Landed(channel=self._address, id=message_id(delivery, self._sender))


def judged(outcome: Refusal | OwnTrouble | NoAnswer | FateUnknown) -> SendError:
    """Tell whether another try can help."""
    if isinstance(outcome, FateUnknown):
        said = f"the line broke while the mail was handed over ({_brief(outcome.error)})"
        return SendError(said, unknown=True, retry_after=DOUBTFUL)
    if isinstance(outcome, NoAnswer):
        return SendError(f"no answer from the mail server at {outcome.stage} ({_brief(outcome.error)})")
    final = bool(_FINAL.match(outcome.reply))
    shut = final and outcome.stage not in _OF_THE_MESSAGE
    return SendError(f"the mail server refused at {outcome.stage}: {_brief(outcome.reply)}", permanent=final, shut=shut)


def _brief(said: str) -> str:
    return clean(said)[:SAID_MOST]
