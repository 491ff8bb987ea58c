"""A Slack channel as a place to send to: post, reply, edit, and look before posting twice."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from bot.outbox import SendError
from bot.types import Clock, Delivery, Kind, Landed, Reason, Text
from bot.words.labels import Label, gone_note, label, late_note
from handlers.slack import render
from handlers.slack.api import SlackApi
from handlers.slack.trouble import SlackError

log = structlog.get_logger()

EVENT_TYPE = "mail_incident"
BROADCAST = frozenset({Reason.WORSE, Reason.RESOLVED, Reason.REOPENED})
"""Changes that a reply tells the whole channel of: an edit rings nobody."""
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
NO_HISTORY = frozenset({"missing_scope", "not_in_channel", "channel_not_found"})
SECOND_LOOK = timedelta(seconds=1.5)
CLOCK_SLACK = timedelta(seconds=2)
LATE = timedelta(minutes=2)


class SlackSender:
    """One channel; ``mention`` holds the ids of user groups to call when it is severe."""

    def __init__(self, api: SlackApi, channel: str, *, clock: Clock, mention: Sequence[str] = ()) -> None:
        """Keep where to post and by what."""
        self._api = api
        self._channel = channel
        self._clock = clock
        self._mention = tuple(mention)

    async def send(self, delivery: Delivery) -> Landed:
        """Post, reply or edit; where an earlier try may have landed, look first. Raises SendError."""
        if delivery.unknown and (landed := await self._look(delivery)):
            return landed
        if delivery.kind is Kind.EDIT and delivery.head:
            return await self._edit(delivery, delivery.head)
        thread = delivery.head if delivery.kind is Kind.REPLY else None
        kind = Kind.REPLY if thread else Kind.HEAD
        shown = render.blocks(delivery.message, kind, mention=self._mention, note=self._lateness(delivery))
        return await self._post(delivery, shown, thread)

    async def _post(self, delivery: Delivery, blocks: Sequence[render.Block], thread: Landed | None = None) -> Landed:
        message = delivery.message
        answer = await self._api.call(
            "chat.postMessage",
            channel=thread.channel if thread else self._channel,
            text=render.text(message),
            blocks=blocks,
            metadata={
                "event_type": EVENT_TYPE,
                "event_payload": {"incident": message.incident or "", "key": delivery.key},
            },
            client_msg_id=delivery.key,
            unfurl_links=False,
            unfurl_media=False,
            **({"thread_ts": thread.id, "reply_broadcast": message.reason in BROADCAST} if thread else {}),
        )
        return Landed(channel=str(answer.get("channel") or self._channel), id=str(answer.get("ts") or ""))

    async def _edit(self, delivery: Delivery, head: Landed) -> Landed:
        try:
            await self._api.call(
                "chat.update",
                channel=head.channel,
                ts=head.id,
                text=render.text(delivery.message),
                blocks=render.blocks(delivery.message, Kind.EDIT),
            )
        except SlackError as error:
            if error.code not in GONE:
                raise
            return await self._post_afresh(delivery, head)
        return head

    async def _post_afresh(self, delivery: Delivery, old: Landed) -> Landed:
        """Somebody deleted the head: give the incident a new one that leads to what was said before."""
        language = delivery.message.language
        blocks = render.blocks(delivery.message, Kind.HEAD, note=gone_note(language))
        if link := await self._permalink(old):
            blocks.append(render.context(render.link(link, label(Label.EARLIER, language))))
        return await self._post(delivery, blocks)

    async def _permalink(self, old: Landed) -> str:
        try:
            answer = await self._api.ask("chat.getPermalink", channel=old.channel, message_ts=old.id)
        except SlackError:
            return ""
        return str(answer.get("permalink") or "")

    async def _look(self, delivery: Delivery) -> Landed | None:
        """Look for the message twice, because Slack's history may lag behind; None where it is not there."""
        try:
            if landed := await self._found(delivery):
                return landed
            await self._clock.sleep(SECOND_LOOK)
            return await self._found(delivery)
        except SlackError as error:
            if error.code in NO_HISTORY:
                log.warning("cannot_look_for_message", to=delivery.destination, why=str(error))
                return None
            raise SendError(str(error), unknown=True, retry_after=error.retry_after) from error

    async def _found(self, delivery: Delivery) -> Landed | None:
        thread = delivery.head if delivery.kind is Kind.REPLY else None
        method = "conversations.replies" if thread else "conversations.history"
        answer = await self._api.ask(
            method,
            channel=thread.channel if thread else self._channel,
            oldest=f"{(delivery.message.at - CLOCK_SLACK).timestamp():.6f}",
            include_all_metadata="true",
            limit=200,
            **({"ts": thread.id} if thread else {}),
        )
        for posted in rows(answer.get("messages")):
            if _key(posted) == delivery.key:
                return Landed(channel=thread.channel if thread else self._channel, id=str(posted.get("ts")))
        return None

    def _lateness(self, delivery: Delivery) -> Text:
        late = self._clock.now() - delivery.message.at
        return late_note(late, delivery.message.language) if delivery.attempts > 1 and late > LATE else ()


def rows(value: object) -> list[Mapping[str, object]]:
    """Read a list of objects out of what Slack answered."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _key(posted: Mapping[str, object]) -> object:
    metadata = posted.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return payload.get("key") if isinstance(payload, dict) else None
