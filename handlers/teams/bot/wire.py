"""What imports the Teams SDK, which takes 2 s and 87 MB: its token check, its activities, its calls."""

import asyncio
import logging
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx
import jwt
from pydantic import ValidationError

from bot.microsoft import GraphError
from handlers.door import RefusedError
from handlers.teams.bot.activities import heard, place_of, removed
from handlers.teams.bot.api import BotApp
from handlers.teams.bot.heard import Listener
from handlers.teams.bot.keys import Keys
from handlers.teams.bot.trouble import TeamsError, lost, refused
from handlers.teams.render import CARD_TYPE, Card

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # at import it warns of experiments of its own that we do not use
    from microsoft_teams.api import ConversationUpdateActivity, InvokeResponse, JsonWebToken, SentActivity
    from microsoft_teams.api.activities.install_update import InstalledActivity, UninstalledActivity
    from microsoft_teams.api.activities.invoke.adaptive_card import AdaptiveCardInvokeActivity
    from microsoft_teams.api.activities.message import MessageActivity, MessageActivityInput
    from microsoft_teams.api.auth.cloud_environment import CHINA, PUBLIC, US_GOV, US_GOV_DOD, CloudEnvironment
    from microsoft_teams.api.models.attachment import Attachment
    from microsoft_teams.apps import ActivityContext, ActivityEvent, App
    from microsoft_teams.apps.auth.token_validator import TokenValidator
    from microsoft_teams.apps.events.types import CoreActivity
    from microsoft_teams.common import ClientOptions
    from opentelemetry import metrics

# The SDK makes its counters anew for each activity and each call, and where nobody takes them they are kept for ever.
metrics.set_meter_provider(metrics.NoOpMeterProvider())

CLOUDS: Mapping[str, CloudEnvironment] = {"global": PUBLIC, "gcc-high": US_GOV, "dod": US_GOV_DOD, "china": CHINA}
LIMIT = timedelta(seconds=10)
CHECK_LIMIT = timedelta(seconds=5)
CHECKERS = 2
"""Threads that fetch keys and check tokens; a flood of strangers' tokens holds up no more than these."""
THREADED = ("@thread.tacv2", "@thread.skype")
"""Channels have threads; chats have none."""
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class _NoServer:
    """Stands where the SDK would open a port of its own: requests come in by our application alone."""

    def register_route(self, method: str, path: str, handler: object) -> None:
        """Take no route."""

    def serve_static(self, path: str, directory: str) -> None:
        """Serve nothing."""

    async def start(self, port: int) -> None:
        """Open no port."""

    async def stop(self) -> None:
        """Close none."""


class Wire:
    """One bot's connection; is made inside a running loop, and is to be closed."""

    def __init__(self, app: BotApp, *, cloud: CloudEnvironment | None = None, limit: timedelta = LIMIT) -> None:
        """Set the SDK up without a server and without a way round its token check."""
        # Its own log holds whole activities, and strangers' tokens can fill it.
        logging.getLogger("microsoft_teams").setLevel(logging.CRITICAL)
        self._cloud = cloud or CLOUDS[app.cloud]
        self._checkers = ThreadPoolExecutor(CHECKERS, thread_name_prefix="teams-token")
        # Not the SDK's check for agents as well: it would ask Entra for the keys of whatever tenant a token names.
        self._validator = TokenValidator.for_service(app.id, cloud=self._cloud)
        self._validator._jwks_client = Keys(self._validator.options.jwks_uri)  # noqa: SLF001  # it takes none
        self._app = App(
            client_id=app.id,
            tenant_id=app.azure_tenant,
            token=_provider(app),
            http_server_adapter=_NoServer(),
            client=ClientOptions(timeout=limit.total_seconds()),
            cloud=self._cloud,
            dangerously_allow_unauthenticated_requests=False,
            fetch_user_token=False,
            telemetry={"agent365": False},
        )
        self.listener: Listener | None = None
        self._ready = False
        self._register()

    async def check(self, token: str, service_url: str) -> None:
        """Check a request's token as the SDK does, off the loop, for it fetches keys; raises RefusedError."""
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._checkers, _validate, self._validator, token, service_url)
        try:
            async with asyncio.timeout(CHECK_LIMIT.total_seconds()):
                await work
        except TimeoutError:
            raise RefusedError(503, "the keys for Teams' tokens cannot be had in time") from None
        except jwt.PyJWKClientConnectionError:
            raise RefusedError(503, "the keys for Teams' tokens cannot be had") from None
        except (jwt.PyJWTError, ValueError) as error:
            raise RefusedError(401, f"token not valid ({type(error).__name__})") from None

    async def take(self, activity: Mapping[str, object], token: str) -> tuple[int, object]:
        """Hand an activity that was checked to whom it is for; give status and body of the answer.

        Raises RefusedError with 400 for one that the SDK cannot read.
        """
        await self._open()
        hand_over = self._app.server.on_request
        if hand_over is None:
            raise RefusedError(503, "the SDK is not ready")
        try:
            event = ActivityEvent(body=CoreActivity.model_validate(activity), token=JsonWebToken(token))
            answered = await hand_over(event)
        except ValidationError:
            raise RefusedError(400, "not an activity that we know") from None
        said = answered.model_dump(by_alias=True, exclude_none=True)
        return int(said.get("status", HTTPStatus.OK)), said.get("body")

    async def post(self, service_url: str, conversation: str, card: Card, *, below: str = "") -> str:
        """Post a card, in a thread where there is one; give its id, empty where Teams names none."""
        in_thread = below.isdigit() and conversation.endswith(THREADED)
        to = f"{conversation};messageid={below}" if in_thread else conversation
        try:
            sent = await self._send(service_url, to, _dressed(card))
        except (KeyError, TypeError, AttributeError):  # accepted, and the answer is nothing that we know
            return ""
        return sent.id if sent.id.isprintable() and "PLACEHOLDER" not in sent.id else ""

    async def edit(self, service_url: str, conversation: str, activity: str, card: Card) -> None:
        """Put a card in the place of another."""
        dressed = _dressed(card)
        dressed.id = activity
        try:
            await self._send(service_url, conversation, dressed)
        except (KeyError, TypeError, AttributeError):  # as above
            return

    async def aclose(self) -> None:
        """Close the connections, and let the threads end."""
        self._checkers.shutdown(wait=False, cancel_futures=True)
        await self._app.http_client.http.aclose()
        await self._app.api.http.http.aclose()

    async def _open(self) -> None:
        if not self._ready:
            self._ready = True
            await self._app.initialize()

    async def _send(self, service_url: str, conversation: str, activity: MessageActivityInput) -> SentActivity:
        await self._open()
        try:
            return await self._app.send(conversation, activity, service_url=service_url)
        except httpx.HTTPStatusError as error:
            answer = error.response
            raise refused(answer.status_code, _code(answer), answer.headers.get("Retry-After")) from None
        except NEVER_SENT as error:
            raise lost(type(error).__name__, sent=False) from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise lost(type(error).__name__, sent=True) from None
        except GraphError as error:
            raise TeamsError(str(error), shut=error.permanent, retry_after=error.retry_after) from error

    def _register(self) -> None:
        self._app.on_message(self._message)
        self._app.on_card_action(self._card_action)
        self._app.on_install_add(self._installed)
        self._app.on_install_remove(self._uninstalled)
        self._app.on_conversation_update(self._updated)

    async def _message(self, context: ActivityContext[MessageActivity]) -> None:
        if self.listener:
            text = context.activity.strip_mentions_text().text
            await self.listener.said(heard(context.activity, text=text))

    async def _card_action(self, context: ActivityContext[AdaptiveCardInvokeActivity]) -> InvokeResponse[Any]:
        action = context.activity.value.action
        data: Mapping[str, Any] = action.data if isinstance(action.data, dict) else {}
        pressed = heard(context.activity, incident=str(data.get("incident") or ""))
        said = await self.listener.pressed(pressed, action.verb or "") if self.listener else ""
        shown = "activity.message" if isinstance(said, str) else "card.adaptive"
        body = {"statusCode": 200, "type": f"application/vnd.microsoft.{shown}", "value": said}
        return InvokeResponse[Any](status=200, body=body)

    async def _installed(self, context: ActivityContext[InstalledActivity]) -> None:
        if self.listener:
            await self.listener.added(place_of(context.activity))

    async def _uninstalled(self, context: ActivityContext[UninstalledActivity]) -> None:
        await self._left(removed(context.activity))

    async def _updated(self, context: ActivityContext[ConversationUpdateActivity]) -> None:
        """Learn where the bot was added, and forget where it was taken out."""
        activity, us = context.activity, context.activity.recipient.id
        if any(one.id == us for one in activity.members_removed or ()):
            await self._left(removed(activity))
        elif self.listener and any(one.id == us for one in activity.members_added or ()):
            await self.listener.added(place_of(activity))

    async def _left(self, id_: str) -> None:
        if self.listener:
            await self.listener.removed(id_)


def _validate(validator: TokenValidator, token: str, service_url: str) -> None:
    asyncio.run(validator.validate_token(token, service_url))


def _provider(app: BotApp) -> Any:  # noqa: ANN401 - the SDK takes several kinds
    async def token(scope: str, _tenant: str | None) -> JsonWebToken:
        return JsonWebToken((await app.tokens(scope)).get_secret_value())

    return token


def _dressed(card: Card) -> MessageActivityInput:
    summary = str(card.get("fallbackText") or "")
    return MessageActivityInput(summary=summary).add_attachments(Attachment(content_type=CARD_TYPE, content=card))


def _code(answer: httpx.Response) -> str:
    """Read Teams' own word for what is wrong."""
    try:
        error = answer.json()["error"]
        return str(error["code"])[:100] if error["code"] else ""
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
