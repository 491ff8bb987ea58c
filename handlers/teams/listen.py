"""An outgoing webhook of Teams: ``@mailstatus`` in a channel, answered within the same request, without Azure."""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.types import Person
from bot.words.replies import nobodys
from handlers.asked import Asked
from handlers.commands import Commands
from handlers.door import (
    Receive,
    RefusedError,
    Scope,
    Seen,
    Send,
    answer,
    body_of,
    headers_of,
    json_of,
    refuse,
    signed,
    text_of,
)
from handlers.teams.answer import card
from handlers.teams.render import envelope
from handlers.teams.text import words

PATH = "/teams/messages"
AGE_MOST = timedelta(minutes=5)
_AUTHORIZATION = re.compile(r"HMAC ([A-Za-z0-9+/]{43}=)")


class TeamsListener:
    """An ASGI application for one outgoing webhook; Teams wants its answer within five seconds."""

    def __init__(
        self, secret: SecretStr, commands: Callable[[], Commands | None], *, now: Callable[[], datetime]
    ) -> None:
        """Take the secret as Teams showed it, in base64; refuse another one with ValueError."""
        try:
            self._key = base64.b64decode(secret.get_secret_value(), validate=True)
        except binascii.Error:
            raise ValueError("is not the security token that Teams showed, which is base64") from None
        if not self._key:
            raise ValueError("is empty")
        self._commands = commands
        self._now = now
        self._seen = Seen(2 * AGE_MOST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with a status and nothing else."""
        if scope["type"] != "http":
            return
        try:
            activity = await self._admitted(scope, receive)
        except RefusedError as refused:
            await refuse(scope, send, refused)
            return
        commands = self._commands()
        asked = _asked(activity, commands.language if commands else "en")
        said = await commands.answer(asked) if commands else nobodys(asked.language)
        body = json.dumps(envelope(card(said))).encode()
        await answer(send, 200, body, {"content-type": "application/json; charset=utf-8"})

    async def _admitted(self, scope: Scope, receive: Receive) -> Mapping[str, object]:
        if scope["method"] != "POST":
            raise RefusedError(405, "not a POST")
        headers = headers_of(scope)
        given = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if given is None:
            raise RefusedError(401, "not signed")
        body = await body_of(receive, headers)
        expected = base64.b64encode(signed(self._key, body).digest()).decode()
        if not hmac.compare_digest(expected, given[1]):
            raise RefusedError(401, "wrong signature")
        if self._seen.again(given[1], self._now()):
            raise RefusedError(401, "seen before")
        return self._activity(text_of(body))

    def _activity(self, text: str) -> Mapping[str, object]:
        """Read an activity that is not old: Teams signs no time, so the one in the body is what there is."""
        activity = json_of(text)
        if not isinstance(activity, dict):
            raise RefusedError(400, "not an object")
        try:
            at = datetime.fromisoformat(str(activity.get("timestamp")))
        except ValueError:
            raise RefusedError(400, "without a time") from None
        if at.tzinfo is None or abs(self._now() - at) > AGE_MOST:
            raise RefusedError(401, "of another time: is our clock right?")
        return activity


def _asked(activity: Mapping[str, object], language: str) -> Asked:
    """Read who asks what; the text is HTML that begins with the mention of us."""
    sender, text = _part(activity, "from"), words(str(activity.get("text") or ""))
    name = str(sender.get("name") or "somebody")
    azure_tenant = str(_part(_part(activity, "channelData"), "tenant").get("id") or "")
    who = str(sender.get("aadObjectId") or sender.get("id") or name)
    person = Person(platform="teams", workspace=azure_tenant.lower(), id=who)
    return Asked(text=text, person=person, name=name, language=language)


def _part(of: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = of.get(name)
    return part if isinstance(part, dict) else {}
