"""What people do in Slack: type a command, press a button. Signed as Slack signs."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from bot.demo.chat.slack_posts import APP_ID, BOT_USER, TEAM, SlackPost, Whisper, Workspace

_ANSWER_WITHIN_S = 3.0
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


class People:
    """Sends to the bot's address what Slack would, and keeps what it answers."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        signing_secret: str,
        http: httpx.AsyncClient,
        slack: str,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Sign with ``signing_secret`` and the real time ``wall``, which is what receivers compare with.

        Later answers are taken at the address of the stand-in, ``slack``.
        """
        self._workspace = workspace
        self._secret = signing_secret.encode()
        self._http = http
        self._slack = slack
        self._wall = wall

    async def command(self, url: str, text: str, *, user: str, channel: str) -> Whisper:
        """Type ``/mailstatus text``; gives the answer as the person sees it, silence and errors included."""
        form = {
            "command": "/mailstatus",
            "text": text,
            "team_id": TEAM,
            "channel_id": channel,
            "channel_name": self._workspace.channels[channel],
            "user_id": user,
            "user_name": self._workspace.people[user].lower(),
            "response_url": self._answers_to(channel, user),
            "trigger_id": self._workspace.stamp(),
            "api_app_id": APP_ID,
        }
        return self._keep(await self._send(url, form), channel, user, f"/mailstatus {text}".strip())

    async def press(self, url: str, post: SlackPost, action: Mapping[str, Any], *, user: str) -> Whisper | None:
        """Press a button (an element of an actions block) of a post; gives what the person is told, if anything."""
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "contoso"},
            "user": {"id": user, "username": self._workspace.people[user].lower(), "team_id": TEAM},
            "api_app_id": APP_ID,
            "container": {"type": "message", "message_ts": post.ts, "channel_id": post.channel, "is_ephemeral": False},
            "channel": {"id": post.channel, "name": self._workspace.channels[post.channel]},
            "message": post.shown(with_metadata=True),
            "response_url": self._answers_to(post.channel, user),
            "trigger_id": self._workspace.stamp(),
            "actions": [{**action, "action_ts": self._workspace.stamp()}],
        }
        answer = await self._send(url, {"payload": json.dumps(payload)})
        return self._keep(answer, post.channel, user, "") if answer else None

    async def visit(self, url: str, *, user: str) -> None:
        """Open the app's home tab; what it shows comes by the Web API."""
        event = {"type": "app_home_opened", "user": user, "tab": "home", "event_ts": self._workspace.stamp()}
        await self._send(url, {"type": "event_callback", "team_id": TEAM, "api_app_id": APP_ID, "event": event})

    async def _send(self, url: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send an event as JSON, anything else as a form."""
        kind, body = (_JSON, json.dumps(said)) if "event" in said else (_FORM, urlencode(said))
        try:
            answer = await self._http.post(
                url, content=body, headers=self._signed(body) | {"Content-Type": kind}, timeout=_ANSWER_WITHIN_S
            )
        except httpx.TransportError:
            return {"text": "mailwatch did not answer in time (operation_timeout)"}
        if not answer.is_success:
            return {"text": f"mailwatch failed (HTTP {answer.status_code})"}
        if "json" in answer.headers.get("Content-Type", ""):
            return dict(answer.json())
        return {"text": answer.text} if answer.text else {}

    def _answers_to(self, channel: str, user: str) -> str:
        return f"{self._slack}/respond/{channel}/{user}"

    def _signed(self, body: str) -> dict[str, str]:
        stamp = str(int(self._wall()))
        signature = hmac.new(self._secret, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signature}",
        }

    def _keep(self, answer: Mapping[str, Any], channel: str, user: str, command: str) -> Whisper:
        text, blocks, stamp = str(answer.get("text", "")), answer.get("blocks") or (), self._workspace.stamp()
        if answer.get("response_type") == "in_channel":
            post = SlackPost(channel=channel, ts=stamp, text=text, blocks=blocks, user=BOT_USER)
            self._workspace.posts.append(post)
        whisper = Whisper(channel=channel, user=user, text=text, blocks=blocks, ts=stamp, command=command)
        self._workspace.whispers.append(whisper)
        return whisper
