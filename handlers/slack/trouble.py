"""What Slack's errors mean: whether a second try can help, how long to wait, and what mends it, in plain words."""

from collections.abc import Mapping
from datetime import timedelta

from bot.outbox import SendError
from bot.outbox.backoff import retry_after as asked

SUCCESS = 200
RATE_LIMITED = 429
SERVER_ERROR = 500
REQUEST_TIMEOUT = 408
LEAST_WAIT = timedelta(seconds=1)
USUAL_WAIT = timedelta(seconds=30)

MENDED_BY: Mapping[str, str] = {
    "access_denied": "a rule of the workspace keeps the app out; an admin of the workspace has to allow it",
    "accesslimited": "the workspace allows no app from this network; add the bot's address to its allowed ones",
    "account_inactive": "the bot user was switched off; install the app again and set SLACK_BOT_TOKEN",
    "channel_not_found": "there is no such channel, or the bot is not in it; check its id and /invite the bot",
    "ekm_access_denied": "an admin of the workspace has suspended posting with its encryption keys",
    "enterprise_is_restricted": "the organisation does not allow this; install the app in the workspace itself",
    "invalid_auth": "the token is not valid; check SLACK_BOT_TOKEN",
    "invalid_blocks": "Slack does not accept the form of the message, which is a fault of mailstatus: please report it",
    "is_archived": "the channel is archived; unarchive it or choose another one",
    "messages_tab_disabled": "the app's messages tab is off; install it again from the manifest",
    "missing_scope": "the app lacks a scope; compare its scopes with the manifest and install it again",
    "msg_blocks_too_long": "the message is too long for Slack, which is a fault of mailstatus: please report it",
    "msg_too_long": "the message is too long for Slack, which is a fault of mailstatus: please report it",
    "no_permission": "the bot may not write there; write /invite @mailstatus in the channel",
    "not_allowed_token_type": "the token is of the wrong kind; SLACK_BOT_TOKEN begins with xoxb-",
    "not_authed": "there is no token; set SLACK_BOT_TOKEN",
    "not_in_channel": "the bot is not in the channel; write /invite @mailstatus there",
    "restricted_action": "a rule of the workspace keeps the bot from posting in this channel",
    "restricted_action_non_threadable_channel": "the channel allows no threads; choose another one",
    "restricted_action_read_only_channel": "the channel is read-only; let the bot post there or choose another one",
    "restricted_action_thread_locked": "the thread was locked; unlock it, or let the bot post in it",
    "restricted_action_thread_only_channel": "the channel allows replies alone; choose another one",
    "team_access_not_granted": "the app was not approved for this workspace",
    "token_expired": "the token has expired; install the app again and set SLACK_BOT_TOKEN",
    "token_revoked": "the token was revoked; install the app again and set SLACK_BOT_TOKEN",
}
OF_THE_MESSAGE = frozenset({"invalid_blocks", "msg_blocks_too_long", "msg_too_long", "restricted_action_thread_locked"})
"""Errors that say nothing of the next message; every other that somebody can mend shuts the channel until then."""
UNSURE = frozenset(
    {
        "duplicate_channel_not_found",
        "duplicate_message_not_found",
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
    }
)
"""Errors after which the message may be there all the same."""
WAITS = frozenset(
    {
        "external_channel_migrating",
        "message_limit_exceeded",
        "org_login_required",
        "rate_limited",
        "ratelimited",
        "team_added_to_org",
    }
)
"""Errors that pass by themselves: nothing was posted."""


class SlackError(SendError):
    """Slack said no, or nothing that can be understood; ``code`` is its own word for why."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        permanent: bool = False,
        retry_after: timedelta | None = None,
        unknown: bool = False,
        shut: bool = False,
    ) -> None:
        """Keep Slack's word beside what the retry loop needs."""
        super().__init__(message, permanent=permanent, retry_after=retry_after, unknown=unknown, shut=shut)
        self.code = code


def refused(method: str, status: int, code: str, retry_after: str | None, *, needed: str = "") -> SlackError:
    """Judge an answer by its HTTP status, Slack's own word, its Retry-After header and the scope that it misses."""
    said = f"Slack answered {code or f'HTTP {status}'} to {method}"
    if status == RATE_LIMITED or code in WAITS:
        return SlackError(said, code=code, retry_after=wanted(retry_after))
    if code in UNSURE or status >= SERVER_ERROR or (status in {SUCCESS, REQUEST_TIMEOUT} and not code):
        return SlackError(said, code=code, unknown=True, retry_after=wanted(retry_after) if retry_after else None)
    if not code:
        return SlackError(said)  # a proxy in between
    mended_by = f": {MENDED_BY[code]}" if code in MENDED_BY else ""
    shut = code in MENDED_BY and code not in OF_THE_MESSAGE
    return SlackError(f"{said}{mended_by}{needed and f' (needed: {needed})'}", code=code, permanent=True, shut=shut)


def wanted(retry_after: str | None) -> timedelta:
    """Read Retry-After; what cannot be read or believed becomes a usual wait."""
    wait = asked(retry_after)
    return USUAL_WAIT if wait is None else max(wait, LEAST_WAIT)
