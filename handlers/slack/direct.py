"""One person in Slack as a place to send to: a message to a person's id opens the conversation by itself."""

from bot.outbox import SendError
from bot.types import Clock, Delivery, Landed
from handlers.slack.api import SlackApi
from handlers.slack.send import SlackSender
from handlers.slack.trouble import SlackError

LEFT = frozenset({"cannot_dm_bot", "channel_not_found", "user_disabled", "user_not_found", "user_not_visible"})
"""What Slack says of somebody who is not there, or is a bot."""
OURS_OR_THEIRS = "account_inactive"
"""Is said of a person who left and of a bot that was removed alike."""


class DirectSender:
    """Tells one person; raises SendError with ``gone`` where that person left."""

    def __init__(self, api: SlackApi, person: str, *, clock: Clock) -> None:
        """Keep the person's id."""
        self._api = api
        self._sender = SlackSender(api, person, clock=clock)

    async def send(self, delivery: Delivery) -> Landed:
        """Post, reply or edit in the conversation with the person."""
        try:
            return await self._sender.send(delivery)
        except SlackError as error:
            if error.code in LEFT or (error.code == OURS_OR_THEIRS and await self._we_are_there()):
                raise SendError(str(error), permanent=True, gone=True) from error
            raise

    async def _we_are_there(self) -> bool:
        try:
            await self._api.ask("auth.test")
        except SlackError:
            return False
        return True
