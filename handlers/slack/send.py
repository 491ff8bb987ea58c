"""A Slack channel as a place to send to: post, reply, edit, and look before posting twice."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from bot.outbox import SendError
from bot.types import Clock, Delivery, Kind, Landed, Reason, Severity, Text
from bot.words.labels import Label, gone_note, label, late_note
from handlers.slack import render
from handlers.slack.api import SlackApi
from handlers.slack.trouble import SlackError

log = structlog.get_logger()

EVENT_TYPE = "mail_incident"
BROADCAST = frozenset({Reason.WORSE, Reason.RESOLVED, Reason.REOPENED})
"""Changes that a reply tells the whole channel of: an edit rings nobody."""
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"})
"""What Slack says of a head that somebody deleted, or that can be changed no more."""
NO_HISTORY = frozenset({"missing_scope", "not_in_channel", "channel_not_found"})
SECOND_LOOK = timedelta(seconds=1.5)
CLOCK_SLACK = timedelta(seconds=2)
LATE = timedelta(minutes=2)


class SlackSender:
    """One channel; ``mention`` holds the ids of user groups or people to call when it is severe."""

    def __init__(self, api: SlackApi, channel: str, *, clock: Clock, mention: Sequence[str] = ()) -> None:
        """Keep where to post and by what; raise ValueError for a mention that calls nobody."""
        for who in mention:
            render.called(who)
        self._api = api
        self._channel = channel
        self._clock = clock
        self._mention = tuple(mention)

    async def send(self, delivery: Delivery) -> Landed:
        """Post, reply or edit; where an earlier try may have landed, look first. Raises SendError."""
        if delivery.unknown and (landed := await self._look(delivery)):
            return landed
        if delivery.head is None or delivery.kind is Kind.HEAD:
            shown = render.blocks(delivery.message, Kind.HEAD, mention=self._mention, note=self._lateness(delivery))
            return await self._post(delivery, shown)
        try:
            return await self._follow(delivery, delivery.head)
        except SlackError as error:
            if error.code not in GONE:
                raise
            return await self._post_afresh(delivery, delivery.head)

    async def _follow(self, delivery: Delivery, head: Landed) -> Landed:
        """Edit the head, or answer below it; tell where the head stands."""
        if delivery.kind is Kind.EDIT:
            await self._api.edits.wait(head, self._clock, severe=delivery.message.severity is Severity.SEVERE)
            shown = render.blocks(delivery.message, Kind.EDIT)
            said = render.text(delivery.message)
            await self._api.call("chat.update", channel=head.channel, ts=head.id, text=said, blocks=shown)
            return head
        shown = render.blocks(delivery.message, Kind.REPLY, note=self._lateness(delivery))
        return await self._post(delivery, shown, head)

    async def _post(self, delivery: Delivery, blocks: Sequence[render.Block], head: Landed | None = None) -> Landed:
        """Post to the channel, or below ``head``; tell where the head stands then."""
        message = delivery.message
        answer = await self._api.call(
            "chat.postMessage",
            channel=head.channel if head else self._channel,
            text=render.text(message),
            blocks=blocks,
            metadata={
                "event_type": EVENT_TYPE,
                "event_payload": {"incident": message.incident or "", "key": delivery.key},
            },
            client_msg_id=delivery.key,
            unfurl_links=False,
            unfurl_media=False,
            **({"thread_ts": head.id, "reply_broadcast": message.reason in BROADCAST} if head else {}),
        )
        posted = answer.get("message")
        # Slack posts a reply to a deleted message as a message of its own, and says so only here.
        below = isinstance(posted, dict) and bool(posted.get("thread_ts"))
        return head if head and below else self._landed(answer)

    def _landed(self, answer: Mapping[str, object]) -> Landed:
        return Landed(channel=str(answer.get("channel") or self._channel), id=str(answer.get("ts") or ""))

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
        """Find the head where the message is below it, or the message itself where it is in the channel."""
        head = delivery.head if delivery.kind is Kind.REPLY else None
        if head and await self._find(delivery, "conversations.replies", channel=head.channel, ts=head.id):
            return head
        ts = await self._find(delivery, "conversations.history", channel=self._channel)
        return Landed(channel=self._channel, id=ts) if ts else None

    async def _find(self, delivery: Delivery, method: str, **where: str) -> str:
        """Find the message by its key in what was posted since it was written; empty where it is not there."""
        oldest = f"{(delivery.message.at - CLOCK_SLACK).timestamp():.6f}"
        try:
            answer = await self._api.ask(method, oldest=oldest, include_all_metadata="true", limit=200, **where)
        except SlackError as error:
            if error.code in GONE:
                return ""
            raise
        return next((str(one.get("ts")) for one in rows(answer.get("messages")) if _key(one) == delivery.key), "")

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
