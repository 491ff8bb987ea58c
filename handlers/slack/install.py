"""Installing the app in a workspace: slack_bolt's own OAuth flow, behind two pages of ours."""

import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from html import escape

import structlog
from aiohttp import ClientError
from pydantic import SecretStr
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.store import StoreError
from handlers.door import Receive, Scope, Send, answer, headers_of
from handlers.slack.manifest import INSTALL_PATH, OPTIONAL, REDIRECT_PATH, SCOPES

QUERY_LIMIT = 4096
PAGE = "<!DOCTYPE html><meta charset=utf-8><title>mailstatus</title><p>{said}</p>"

log = structlog.get_logger()
QUIET = logging.getLogger("slack_bolt.oauth")
QUIET.setLevel(logging.ERROR)
"""Below ERROR slack_bolt logs the code that Slack sends people back with."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Where installations and the states of those under way are kept; ``workspaces`` gives those that may install."""

    installations: AsyncInstallationStore
    states: AsyncOAuthStateStore
    workspaces: Callable[[], Collection[str]]


class Installer:
    """Two ASGI pages: one leads to Slack, Slack leads back to the other."""

    def __init__(self, client: AsyncWebClient, client_id: str, secret: SecretStr, keeper: Keeper) -> None:
        """Ask for the scopes of the manifest and no more."""
        settings = AsyncOAuthSettings(
            client_id=client_id,
            client_secret=secret.get_secret_value(),
            scopes=[*SCOPES, *OPTIONAL],
            install_path=INSTALL_PATH,
            install_page_rendering_enabled=False,
            redirect_uri_path=REDIRECT_PATH,
            installation_store=keeper.installations,
            state_store=keeper.states,
            callback_options=AsyncCallbackOptions(success=_installed, failure=_failed),
            logger=QUIET,
        )
        own = _Client(base_url=client.base_url, session=client.session, retry_handlers=[])
        self._flow = _Flow(own, settings, keeper.workspaces)

    async def begin(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Lead to Slack, which asks whether the app is wanted."""
        await _serve(scope, send, self._flow.handle_installation)

    async def end(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Take the code that Slack sends people back with, and keep the token that it is good for."""
        await _serve(scope, send, self._flow.handle_callback)


class _Client(AsyncWebClient):
    async def oauth_v2_access(self, **arguments: object) -> AsyncSlackResponse:
        """Change a code for a token; slack_sdk 3.47 would use aiohttp's BasicAuth, which is on its way out."""
        given = {name: value for name, value in arguments.items() if value is not None}
        return await self.api_call("oauth.v2.access", data=given)


class _Flow(AsyncOAuthFlow):
    def __init__(
        self, client: AsyncWebClient, settings: AsyncOAuthSettings, workspaces: Callable[[], Collection[str]]
    ) -> None:
        super().__init__(client=client, settings=settings, logger=QUIET)
        self._workspaces = workspaces

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Keep it only for a workspace of the settings: everybody who finds the page could read our status else."""
        team = installation.team_id or ""
        if team not in self._workspaces():
            raise BoltError(f'Workspace {team or "of a whole organisation"} is not in mailstatus.toml. '
                            f'Give a destination workspace = "{team}", and try again.')  # fmt: skip
        await super().store_installation(request, installation)
        log.info("slack_installed", workspace=team, by=installation.user_id)


async def _serve(scope: Scope, send: Send, handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> None:
    if scope["type"] != "http":
        return
    query = scope.get("query_string", b"")
    if scope["method"] != "GET" or len(query) > QUERY_LIMIT:
        await answer(send, 405 if scope["method"] != "GET" else 414)
        return
    request = AsyncBoltRequest(body="", query=query.decode("latin-1"), headers=dict(headers_of(scope)))
    try:
        response = await handle(request)
    except (StoreError, SlackClientError, ClientError, TimeoutError, OSError) as error:
        log.warning("slack_install_failed", why=type(error).__name__)
        response = _page(503, "That did not work just now. Please try again in a minute.")
    sent = {name: values[0] for name, values in response.headers.items()}
    await answer(send, response.status, response.body.encode(), {**sent, "cache-control": "no-store"})


async def _installed(args: AsyncSuccessArgs) -> BoltResponse:
    return _page(200, f"mailstatus is installed in {args.installation.team_name or args.installation.team_id}.")


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    refused = args.error is not None
    log.warning("slack_install_refused", why=args.reason)
    said = str(args.error) if refused else f"Slack and we did not come together ({args.reason}). Please begin again."
    return _page(403 if refused else args.suggested_status_code, said)


def _page(status: int, said: str) -> BoltResponse:
    return BoltResponse(
        status=status, body=PAGE.format(said=escape(said)), headers={"content-type": "text/html; charset=utf-8"}
    )
