"""One person in Teams as a place to send to: the personal chat that they opened with the bot."""

from bot.outbox import SendError
from bot.types import Clock, Delivery, Landed
from handlers.teams.bot.api import TeamsApi
from handlers.teams.bot.send import BotSender
from handlers.teams.bot.trouble import Missing, TeamsError


class DirectBotSender:
    """Tells one person; raises SendError with ``gone`` where that person left, or took the bot away."""

    def __init__(self, api: TeamsApi, chat: str, *, clock: Clock) -> None:
        """Keep the id of the chat."""
        self._sender = BotSender(api, chat, clock=clock)

    async def send(self, delivery: Delivery) -> Landed | None:
        """Post or edit in the chat with the person."""
        try:
            return await self._sender.send(delivery)
        except TeamsError as error:
            if error.missing is Missing.CONVERSATION:
                raise SendError(str(error), permanent=True, gone=True) from error
            raise
