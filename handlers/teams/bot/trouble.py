"""What Teams' errors mean to the bot: whether a second try can help, how long to wait, and what mends it."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus

from bot.outbox import SendError
from bot.outbox.backoff import retry_after as asked

TRY_AGAIN = frozenset({408, 412, 429, 500, 502, 503, 504})
UNSURE = frozenset({500})
"""Microsoft asks for another try after the others, and promises nothing of this one."""
LEFT = frozenset({"BotNotInConversationRoster", "ConversationBlockedByUser", "ConversationNotFound"})
"""Teams' words for a conversation that the bot is no longer in."""
NOT_LET_IN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
CODES: Mapping[str, str] = {
    "BotDisabledByAdmin": "an admin switched the app off; allow it in the Teams admin centre",
    "BotNotInConversationRoster": "the bot is not in this channel; add the app to the team",
    "ConversationBlockedByUser": "this person blocked the bot",
    "ConversationNotFound": "there is no such channel; check conversation in mailstatus.toml",
    "MessageSizeTooBig": "the card is too large, which is a fault of mailstatus: please report it",
    "NotEnoughPermissions": "the app may not post here; an admin has to consent to it",
}
STATUSES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "it does not accept the form of the card, which is a fault of mailstatus: please report it",
    HTTPStatus.UNAUTHORIZED: "the bot's token is not valid; check MAILSTATUS_TEAMS_APP_ID and its secret, and that the "
    "Azure Bot has the same id",
    HTTPStatus.FORBIDDEN: "the bot was removed from this conversation, or blocked in it; add the app again",
    HTTPStatus.NOT_FOUND: "there is no such channel, or the bot is not in it; check conversation in mailstatus.toml",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: CODES["MessageSizeTooBig"],
}


class Missing(StrEnum):
    """What is not there any more."""

    MESSAGE = "message"
    CONVERSATION = "conversation"


class TeamsError(SendError):
    """Teams said no, or nothing; ``missing``: what was to be changed, answered or spoken in is not there any more."""

    def __init__(
        self,
        message: str,
        *,
        missing: Missing | None = None,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        unknown: bool = False,
        shut: bool = False,
    ) -> None:
        """Keep what is missing, beside what the retry loop needs."""
        super().__init__(message, permanent=permanent, retry_after=retry_after, unknown=unknown, shut=shut)
        self.missing = missing


def refused(status: int, code: str, retry_after: str | None) -> TeamsError:
    """Judge an answer by its HTTP status, Teams' own word and its Retry-After header."""
    said = f"Teams answered {code or f'HTTP {status}'}"
    if status in TRY_AGAIN:
        return TeamsError(said, retry_after=asked(retry_after), unknown=status in UNSURE)
    why = CODES.get(code) or STATUSES.get(status, "it does not say why")
    missing = _missing(status, code)
    shut = missing is Missing.CONVERSATION or status in NOT_LET_IN
    return TeamsError(f"{said}: {why}", permanent=True, missing=missing, shut=shut)


def lost(why: str, *, sent: bool) -> TeamsError:
    """Judge a call that brought no answer: where the request was on its way, the card may have been posted."""
    return TeamsError(f"Teams did not answer ({why})", unknown=sent)


def _missing(status: int, code: str) -> Missing | None:
    if code in LEFT:
        return Missing.CONVERSATION
    return Missing.MESSAGE if status == HTTPStatus.NOT_FOUND else None
