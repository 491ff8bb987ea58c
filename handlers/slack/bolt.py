"""The listeners, on slack_bolt's app: commands are answered inside the ack, from memory."""

import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, cast

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore

from bot.types import Person
from bot.words.answers import Answer
from bot.words.replies import nobodys
from handlers.actions import ACTIONS
from handlers.asked import Asked
from handlers.commands import Commands
from handlers.desks import Desks
from handlers.slack.answer import body as body_of
from handlers.slack.api import SlackApi
from handlers.slack.controls import PREFIX, wanted
from handlers.slack.fields import stands_at, text_at
from handlers.slack.homes import Homes
from handlers.slack.locales import Locales

log = structlog.get_logger()

Authorize: TypeAlias = Callable[..., Awaitable[AuthorizeResult]]
ANY_COMMAND = re.compile(r"/.+")
"""An admin may have named the command otherwise; whatever command comes to our app is ours."""
OUR_ACTIONS = re.compile(f"^(?:{'|'.join(ACTIONS)})$")
REQUEST = "mailstatus_request"
"""Where slack_bolt keeps for us by what a request is known when it comes again: its signature, or its envelope."""
OUR_CONTROLS = re.compile(f"^{re.escape(PREFIX)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What several workspaces need: their tokens, and how one is forgotten."""

    installations: AsyncInstallationStore
    forget: Callable[[str], Coroutine[None, None, None]]


class Bolt:
    """Makes the app and dispatches what the guard let in."""

    def __init__(self, api: SlackApi, desks: Desks, *, installed: Installed | None = None) -> None:
        """Register every listener; ``installed`` is for several workspaces."""
        # Below ERROR slack_bolt logs whole bodies, which hold response URLs and people's words.
        quiet = logging.getLogger("slack_bolt")
        quiet.setLevel(logging.ERROR)
        self._api = api
        self._desks = desks
        self._locales = Locales(api, desks.clock)
        self._installed = installed
        self.homes = Homes(api, self._desk, self._locales, desks.clock)
        self._client = api.wire().client
        # Without process_before_response an ack takes 11 ms more: the runner polls for it.
        self.app = AsyncApp(
            logger=quiet,
            name="mailstatus",
            process_before_response=True,
            client=self._client,
            authorize=_by_installation(installed, quiet) if installed else _authorizer(self._client.token),
            request_verification_enabled=False,  # the guard did it, on the raw bytes
            ssl_check_enabled=False,
        )
        self.app.command(ANY_COMMAND)(self._command)
        self.app.action(OUR_ACTIONS)(self._button)
        self.app.action(OUR_CONTROLS)(self._control)
        self.app.event("app_home_opened")(self._home)
        self.app.event("app_uninstalled")(self._removed)
        self.app.event("tokens_revoked")(self._removed)

    async def dispatch(self, body: str, headers: Mapping[str, str]) -> tuple[int, str, str]:
        """Give status, content type and body of the answer to a request."""
        context = {REQUEST: headers.get("x-slack-signature", "")}
        return await self._dispatched(lambda: AsyncBoltRequest(body=body, headers=dict(headers), context=context))

    async def dispatch_socket(self, payload: dict[str, Any], envelope: str = "") -> tuple[int, str, str]:
        """Give the same for what came over Socket Mode, in an ``envelope`` of that id."""
        context = {REQUEST: envelope}
        return await self._dispatched(lambda: AsyncBoltRequest(mode="socket_mode", body=payload, context=context))

    async def _dispatched(self, read: Callable[[], AsyncBoltRequest]) -> tuple[int, str, str]:
        try:
            request = read()
        except (AttributeError, LookupError, TypeError):  # slack_bolt looks for ids before it looks at the shape
            return 400, "text/plain; charset=utf-8", ""
        response = await self.app.async_dispatch(request)
        return response.status, response.headers["content-type"][0], response.body

    def hold(self, work: Coroutine[None, None, object]) -> None:
        """Start something that has to come to its end, and is waited for before the program ends."""
        self._desks.saving.hold(work)

    async def _command(self, ack: AsyncAck, command: dict[str, Any], context: AsyncBoltContext) -> None:
        channel = text_at(command, "channel_id")
        asked = self._asked(
            context,
            _person(text_at(command, "team_id"), text_at(command, "user_id")),
            name=text_at(command, "user_name"),
            channel=channel,
            text=text_at(command, "text"),
        )
        desk, late = self._desk(asked.whom, channel), self._teller(command, asked, "later")
        answer = await desk.answer(asked, late=late) if desk else nobodys(asked.language)
        await ack(dict(body_of(answer)))
        self.homes.doubt(asked.whom)
        self._learn(asked)

    async def _button(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], context: AsyncBoltContext
    ) -> None:
        asked = self._presser(context, body, incident=text_at(action, "value"))
        tell, late = self._teller(body, asked, "said"), self._teller(body, asked, "later")
        desk = self._desk(asked.whom, text_at(body, "channel", "id"))
        answer = await desk.press(text_at(action, "action_id"), asked, late=late) if desk else nobodys(asked.language)
        await ack()
        self.hold(tell(answer) if text_at(body, "response_url") else self._publish(asked))

    async def _control(
        self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], context: AsyncBoltContext
    ) -> None:
        """Save what a control of the home tab asks for, and show the tab as it is then."""
        asked = self._presser(context, body)
        desk = self._desk(asked.whom)
        people = desk.subscriptions if desk else None

        async def late(_: Answer) -> None:
            await self._publish(asked)

        try:
            adjust = wanted(action, asked.zone)
        except ValueError:
            log.warning("control_refused", action=text_at(action, "action_id")[:80])
        else:
            if people:
                await (people.choose(asked, adjust, late) if adjust else people.unsubscribe(asked, "", late))
        await ack()
        self.hold(self._publish(asked))

    async def _home(self, body: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext) -> None:
        if text_at(event, "tab") == "home":
            asked = self._asked(context, _person(text_at(body, "team_id"), text_at(event, "user")))
            self.hold(self._publish(asked))

    async def _publish(self, asked: Asked) -> None:
        if asked.whom:
            await self.homes.show(asked.whom)

    async def _removed(self, body: dict[str, Any], event: dict[str, Any], context: AsyncBoltContext) -> None:
        """Forget a workspace that took the app out; tokens of single people, which we have none of, say nothing."""
        installed = self._installed
        if installed and (text_at(event, "type") == "app_uninstalled" or stands_at(event, "tokens", "bot")):
            workspace = text_at(body, "team_id")
            log.info("slack_uninstalled", workspace=workspace)
            # Said again later, it would forget an installation that came meanwhile.
            self.hold(self._desks.once(context[REQUEST], "forgotten", lambda: installed.forget(workspace)))

    def _desk(self, whom: Person | None, channel: str = "") -> Commands | None:
        """Give what a person may ask about: their own company; None where it is not clear which that is."""
        return self._desks.find(whom.workspace if whom else "", channel)

    def _presser(self, context: AsyncBoltContext, body: Mapping[str, Any], *, incident: str | None = None) -> Asked:
        """Say who pressed something, and where."""
        team = text_at(body, "team", "id") or text_at(body, "user", "team_id")
        return self._asked(
            context,
            _person(team, text_at(body, "user", "id")),
            name=text_at(body, "user", "name") or text_at(body, "user", "username"),
            channel=text_at(body, "channel", "id"),
            incident=incident,
        )

    def _asked(
        self,
        context: AsyncBoltContext,
        whom: Person,
        *,
        name: str = "",
        channel: str = "",
        text: str = "",
        incident: str | None = None,
    ) -> Asked:
        known = self._locales.of(whom)
        return Asked(
            text=text,
            person=whom,
            name=name or whom.id,
            language=known.language or self._desks.language(channel),
            incident=incident,
            whom=whom if whom.id else None,
            zone=known.zone,
            request=context[REQUEST],
        )

    def _learn(self, asked: Asked) -> None:
        """Find out a person's language for the next time: this answer does not wait for it."""
        if asked.whom:
            self.hold(self._locales.learn(asked.whom))

    def _teller(self, body: Mapping[str, Any], asked: Asked, when: str) -> "Teller":
        return Teller(self._api, text_at(body, "response_url"), partial(self._desks.once, asked.request, when))


def _person(workspace: str, id_: str) -> Person:
    return Person(platform="slack", workspace=workspace, id=id_)


def _by_installation(installed: Installed, logger: logging.Logger) -> Authorize:
    """Find each request's token by its workspace; without the cache every request would ask Slack about it first."""
    found = AsyncInstallationStoreAuthorize(
        logger=logger, installation_store=installed.installations, bot_only=True, cache_enabled=True
    )
    return cast("Authorize", found)  # AsyncApp's type forgets AsyncAuthorize, which it knows and takes


def _authorizer(token: str | None) -> Callable[[str | None, str | None], Awaitable[AuthorizeResult]]:
    """One workspace, one token: asking Slack about it at the first request would make a person wait."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    return authorize


class Teller:
    """Answers one person after the ack, by the address that came with their request."""

    def __init__(
        self, api: SlackApi, url: str, once: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]
    ) -> None:
        """Keep the address; it is checked before it is used."""
        self._api = api
        self._url = url
        self._once = once

    async def __call__(self, answer: Answer) -> None:
        """Show an answer to the person alone, beside what they pressed, unless another process did."""
        if self._url:
            shown = {**body_of(answer), "replace_original": False}
            await self._once(lambda: self._api.respond(self._url, shown))
