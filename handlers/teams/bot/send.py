"""A channel or a personal chat that the bot is in as a place to send to: post, reply, edit."""

from dataclasses import replace

from bot.outbox import check_doubts
from bot.types import Clock, Delivery, Kind, Landed, Severity, Text
from bot.words.gaps import late_note
from bot.words.labels import gone_note
from handlers.teams import render
from handlers.teams.bot.api import TeamsApi
from handlers.teams.bot.buttons import with_buttons
from handlers.teams.bot.trouble import Missing, TeamsError
from handlers.teams.mention import checked
from handlers.teams.send import Plots, no_chart


class BotSender:
    """One conversation; ``mention`` is the UPN or Entra id of whom to call where it is severe."""

    def __init__(
        self, api: TeamsApi, conversation: str, *, clock: Clock, mention: str = "", plots: Plots = no_chart
    ) -> None:
        """Keep where to post and by what; refuse a mention that calls nobody with ValueError."""
        self._plots = plots
        self._api = api
        self._conversation = conversation
        self._clock = clock
        self._mention = checked(mention)

    async def send(self, delivery: Delivery) -> Landed | None:
        """Post, reply or edit; tell where the head stands, None where Teams does not say. Raises SendError."""
        check_doubts(delivery)
        head = delivery.head
        if head is None or delivery.kind is Kind.HEAD:
            return await self._post_head(delivery)
        try:
            return await self._follow(delivery, head)
        except TeamsError as error:
            if error.missing is not Missing.MESSAGE:
                raise
            return await self._post_head(delivery, note=gone_note(delivery.message.language))

    async def _follow(self, delivery: Delivery, head: Landed) -> Landed:
        """Edit the head, or answer below it: an edit notifies nobody."""
        if delivery.kind is Kind.EDIT:
            shown = await self._card(delivery)
            try:
                await self._api.edit(head.channel, head.id, shown)
            except TeamsError as error:
                error.unknown = False  # an edit may be made twice
                raise
            return head
        await self._api.post(head.channel, await self._card(delivery), below=head.id)
        return head

    async def _post_head(self, delivery: Delivery, note: Text = ()) -> Landed | None:
        shown = await self._card(replace(delivery, kind=Kind.HEAD), note)
        id_ = await self._api.post(self._conversation, shown)
        return Landed(channel=self._conversation, id=id_) if id_ else None

    async def _card(self, delivery: Delivery, note: Text = ()) -> render.Card:
        """Dress a delivery; a head has its buttons while it lasts, and its edits look like it and call nobody."""
        message, chart = delivery.message, await self._plots(delivery)
        delivery = replace(delivery, earlier=())  # what was said before follows in the thread
        if delivery.kind is Kind.EDIT:
            shown = render.card(replace(delivery, kind=Kind.HEAD), note=note, chart=chart)
        else:
            late = late_note(delivery, self._clock.now())
            shown = render.card(delivery, note=(*note, *late), mention=self._mention, chart=chart)
        lasting = delivery.kind is not Kind.REPLY and message.severity is not Severity.GOOD
        return with_buttons(shown, message.incident if lasting else None, message.language)
