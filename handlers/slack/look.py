"""Looks in a channel for what we may have posted there: nobody's word is needed for it but Slack's history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.outbox import SendError
from bot.types import Clock, Landed
from handlers.slack.paced import PacedApi
from handlers.slack.trouble import SlackError

HISTORY = "conversations.history"
REPLIES = "conversations.replies"
EVENT_TYPE = "mail_incident"
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"})
"""What Slack says of a head that somebody deleted, or that can be changed no more."""
BLIND = frozenset({
    *("missing_scope", "not_in_channel", "channel_not_found"),
    *("cannot_dm_bot", "user_disabled", "user_not_found", "user_not_visible"),
})  # fmt: skip
"""What Slack says to those who may not look, or where there is nobody to look for: posting says the same, and why."""
PEOPLE = ("U", "W")
"""How the ids of people begin; the conversation with one has an id of its own."""
SECOND_LOOK = timedelta(seconds=1.5)
SKEW = timedelta(minutes=5)
"""Slack's clock stamps what is posted, ours says since when to look; the guard bears as much."""
A_PAGE = 200
PAGES_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message as the history shows it, with what we wrote beside its words."""

    channel: str
    ts: str
    below: bool = False
    """Whether it is a reply."""
    key: str = ""
    replaces: str = ""
    """The ``ts`` of the deleted head whose place it took."""
    files: tuple[str, ...] = ()
    """Their names."""


Wanted: TypeAlias = Callable[[Posted], bool]


class BlindError(SendError):
    """Slack does not let us look."""


class Looker:
    """One channel, or one person."""

    def __init__(self, api: PacedApi, channel: str, *, clock: Clock) -> None:
        """Keep where to look and by what."""
        self._api = api
        self._channel = channel
        self._clock = clock

    async def find(self, wanted: Wanted, since: datetime, *, below: Landed | None = None) -> Posted | None:
        """Look twice, because Slack's history may lag behind, in a thread first if there is one.

        None where it is not there. Raises BlindError where we may not look, SendError where it stays open.
        """
        try:
            if posted := await self._seen(wanted, since, below):
                return posted
            await self._clock.sleep(SECOND_LOOK)
            return await self._seen(wanted, since, below)
        except SlackError as error:
            if error.code in BLIND:
                raise BlindError(str(error), unknown=True) from error
            raise SendError(str(error), unknown=True, retry_after=error.retry_after) from error

    async def reply_left(self, head: Landed) -> str:
        """Give the ``ts`` of a reply to a head that is gone itself; empty where there is none."""
        answer = await self._api.ask(REPLIES, head.channel, ts=head.id, limit=A_PAGE)
        return next((posted.ts for posted in _posts(answer, head.channel) if posted.ts != head.id), "")

    async def _seen(self, wanted: Wanted, since: datetime, below: Landed | None) -> Posted | None:
        if below and (posted := await self._search(REPLIES, below.channel, wanted, since, ts=below.id)):
            return posted
        return await self._search(HISTORY, await self._place(), wanted, since)

    async def _place(self) -> str:
        """Give the channel, or the conversation with the person."""
        person = self._channel.startswith(PEOPLE)
        return await self._api.conversation(self._channel) if person else self._channel

    async def _search(self, method: str, channel: str, wanted: Wanted, since: datetime, **where: str) -> Posted | None:
        """Turn the pages, newest first, until it is found."""
        oldest, cursor = f"{(since - SKEW).timestamp():.6f}", ""
        for _ in range(PAGES_MOST):
            page = {"oldest": oldest, "limit": A_PAGE, **({"cursor": cursor} if cursor else {})}
            try:
                answer = await self._api.ask(method, channel, include_all_metadata="true", **page, **where)
            except SlackError as error:
                if error.code in GONE:
                    return None
                raise
            cursor = _cursor(answer)
            if (posted := next(filter(wanted, _posts(answer, channel)), None)) or not cursor:
                return posted
        return None


def _posts(answer: Mapping[str, object], channel: str) -> list[Posted]:
    return [_posted(row, channel) for row in _rows(answer.get("messages"))]


def _posted(row: Mapping[str, object], channel: str) -> Posted:
    metadata = row.get("metadata")
    ours = metadata.get("event_payload") if isinstance(metadata, dict) else None
    said = ours if isinstance(ours, dict) else {}
    return Posted(
        channel=channel,
        ts=str(row.get("ts")),
        below=row.get("thread_ts") not in {None, "", row.get("ts")},
        key=str(said.get("key") or ""),
        replaces=str(said.get("replaces") or ""),
        files=tuple(str(file.get("name")) for file in _rows(row.get("files"))),
    )


def _cursor(answer: Mapping[str, object]) -> str:
    more = answer.get("response_metadata")
    return str(more.get("next_cursor") or "") if isinstance(more, dict) else ""


def _rows(value: object) -> list[Mapping[str, object]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
