"""A Slack channel as a place to send to: post, reply, edit, and look before posting twice."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

import structlog

from bot.outbox import SendError, check_doubts
from bot.outbox.catching_up import all_of
from bot.types import Clock, Delivery, Kind, Landed, Picture, Reason, Severity
from bot.words.gaps import late_note
from bot.words.labels import Label, gone_note, label
from handlers.slack import render
from handlers.slack.api import SlackApi
from handlers.slack.look import EVENT_TYPE, GONE, BlindError, Looker, Posted
from handlers.slack.paced import PacedApi
from handlers.slack.picture import share
from handlers.slack.trouble import SlackError

BROADCAST = frozenset({Reason.WORSE, Reason.RESOLVED, Reason.REOPENED})
"""Changes that a reply tells the whole channel of: an edit rings nobody."""

log = structlog.get_logger()

Draws: TypeAlias = Callable[[Delivery], Awaitable[Picture | None]]
"""Draws the picture of a delivery; None where there is nothing to see. Raises SendError."""


class SlackSender:
    """One channel; ``mention`` holds the ids of user groups or people to call when it is severe."""

    def __init__(
        self, api: SlackApi, channel: str, *, clock: Clock, mention: Sequence[str] = (), draws: Draws | None = None
    ) -> None:
        """Keep where to post and by what; raise ValueError for a mention that calls nobody."""
        for who in mention:
            render.called(who)
        self._files = api
        self._draws = draws
        self._api = PacedApi(api, clock)
        self._looker = Looker(self._api, channel, clock=clock)
        self._channel = channel
        self._clock = clock
        self._mention = tuple(mention)

    async def send(self, delivery: Delivery) -> Landed:
        """Post, reply, edit or show a picture; where an earlier try may have landed, look first. Raises SendError."""
        head = None if delivery.kind is Kind.HEAD else delivery.head
        if delivery.unknown and (posted := await self._posted_before(delivery, head)):
            stands = head if head and posted.below else Landed(channel=posted.channel, id=posted.ts)
            if await self._says_it(posted, delivery, stands):
                return stands
            delivery, head = replace(delivery, kind=Kind.REPLY), stands
        if delivery.kind is Kind.PICTURE:
            return await self._show(delivery, head)
        if head is None:
            note = late_note(delivery, self._clock.now())
            shown = render.blocks(delivery.message, Kind.HEAD, mention=self._mention, note=note)
            return await self._post(delivery, shown)
        try:
            return await self._follow(delivery, head)
        except SlackError as error:
            if error.code not in GONE:
                raise
            return await self._succeed(delivery, head)

    async def _posted_before(self, delivery: Delivery, head: Landed | None) -> Posted | None:
        """Find what landed by an earlier try: the message, or one that is told together with it now."""
        if head and delivery.kind is Kind.EDIT:
            return None  # the same edit twice is one
        tried = all_of(delivery)
        since = min(one.message.at for one in tried)
        try:
            return await self._looker.find(lambda one: any(_is_of(one, each) for each in tried), since, below=head)
        except BlindError as error:
            log.warning("cannot_look_for_message", channel=self._channel, why=str(error))
            check_doubts(delivery)
            return None

    async def _says_it(self, posted: Posted, delivery: Delivery, stands: Landed) -> bool:
        """Tell whether the newest was said, in what was found or below it."""
        if _is_of(posted, delivery):
            return True
        at = delivery.message.at
        return await self._looker.find(lambda one: one.key == delivery.key, at, below=stands) is not None

    async def _show(self, delivery: Delivery, head: Landed | None) -> Landed:
        """Show the picture below the head, if there is anything to see."""
        if head is None:
            raise SendError("there is no message to show a picture below", permanent=True)
        if picture := await self._draws(delivery) if self._draws else None:
            await share(self._files, picture, head, name=_file(delivery))
        return head

    async def _follow(self, delivery: Delivery, head: Landed) -> Landed:
        """Edit the head, or answer below it; tell where the head stands."""
        message = delivery.message
        if delivery.kind is Kind.EDIT:
            shown, severe = render.blocks(message, Kind.EDIT), message.severity is Severity.SEVERE
            await self._api.edit(head, severe=severe, text=render.text(message), blocks=shown)
            return head
        shown = render.blocks(message, Kind.REPLY, note=late_note(delivery, self._clock.now()))
        below = {"thread_ts": head.id, "reply_broadcast": message.reason in BROADCAST}
        answer = await self._send(delivery, shown, head.channel, below)
        posted = answer.get("message")
        # Slack posts a reply to a deleted message as a message of its own, and says so only here.
        return head if isinstance(posted, dict) and posted.get("thread_ts") else self._landed(answer)

    async def _succeed(self, delivery: Delivery, gone: Landed) -> Landed:
        """Follow what took the place of a deleted head already; else put a fresh one there."""
        try:
            posted = await self._looker.find(lambda one: one.replaces == gone.id, _posted_at(gone, delivery))
        except BlindError:
            posted = None
        if posted is None:
            return await self._post_afresh(delivery, gone)
        successor = Landed(channel=posted.channel, id=posted.ts)
        return successor if posted.key == delivery.key else await self._follow(delivery, successor)

    async def _post_afresh(self, delivery: Delivery, gone: Landed) -> Landed:
        """Give the incident a new head that leads to what was said below the old one."""
        language = delivery.message.language
        blocks = render.blocks(delivery.message, Kind.HEAD, note=gone_note(language))
        if link := await self._thread_of(gone):
            blocks.append(render.context(render.link(link, label(Label.EARLIER, language))))
        return await self._post(delivery, blocks, replaces=gone.id)

    async def _thread_of(self, gone: Landed) -> str:
        """Give the address of a thread whose head is gone: Slack knows only that of a reply."""
        try:
            if reply := await self._looker.reply_left(gone):
                answer = await self._api.ask("chat.getPermalink", gone.channel, message_ts=reply)
                return str(answer.get("permalink") or "")
        except SlackError:
            pass
        return ""

    async def _post(self, delivery: Delivery, blocks: Sequence[render.Block], replaces: str = "") -> Landed:
        marks = {"replaces": replaces} if replaces else {}
        return self._landed(await self._send(delivery, blocks, self._channel, marks=marks))

    async def _send(
        self,
        delivery: Delivery,
        blocks: Sequence[render.Block],
        channel: str,
        below: Mapping[str, object] | None = None,
        *,
        marks: Mapping[str, str] | None = None,
    ) -> Mapping[str, object]:
        """Post with a key beside the words that a second try can look for."""
        payload = {"incident": delivery.message.incident or "", "key": delivery.key, **(marks or {})}
        return await self._api.post(
            channel,
            text=render.text(delivery.message),
            blocks=blocks,
            metadata={"event_type": EVENT_TYPE, "event_payload": payload},
            client_msg_id=delivery.key,
            unfurl_links=False,
            unfurl_media=False,
            **(below or {}),
        )

    def _landed(self, answer: Mapping[str, object]) -> Landed:
        return Landed(channel=str(answer.get("channel") or self._channel), id=str(answer.get("ts") or ""))


def _posted_at(head: Landed, delivery: Delivery) -> datetime:
    """Read the moment out of a message's id, which is Slack's own time."""
    try:
        return datetime.fromtimestamp(float(head.id), UTC)
    except (ValueError, OverflowError):
        return delivery.message.at


def _is_of(posted: Posted, delivery: Delivery) -> bool:
    """Know a message by its key, and a picture, which bears none, by its file's name."""
    return posted.key == delivery.key or _file(delivery) in posted.files


def _file(delivery: Delivery) -> str:
    return f"mailstatus-{delivery.key}.png"
