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
_RESPONSE_URL = "https://hooks.slack.com/commands/T0CONTOSO/1/demo"


class People:
    """Sends to the bot's address what Slack would, and keeps what it answers."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        signing_secret: str,
        http: httpx.AsyncClient,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Sign with ``signing_secret`` and the real time ``wall``, which is what receivers compare with."""
        self._workspace = workspace
        self._secret = signing_secret.encode()
        self._http = http
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
            "response_url": _RESPONSE_URL,
            "trigger_id": "1.2.demo",
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
            "response_url": _RESPONSE_URL,
            "trigger_id": "1.2.demo",
            "actions": [{**action, "action_ts": self._workspace.stamp()}],
        }
        answer = await self._send(url, {"payload": json.dumps(payload)})
        return self._keep(answer, post.channel, user, "") if answer else None

    async def _send(self, url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        body = urlencode(form)
        try:
            answer = await self._http.post(url, content=body, headers=self._signed(body), timeout=_ANSWER_WITHIN_S)
        except httpx.TransportError:
            return {"text": "mailwatch did not answer in time (operation_timeout)"}
        if not answer.is_success:
            return {"text": f"mailwatch failed (HTTP {answer.status_code})"}
        if "json" in answer.headers.get("Content-Type", ""):
            return dict(answer.json())
        return {"text": answer.text} if answer.text else {}

    def _signed(self, body: str) -> dict[str, str]:
        stamp = str(int(self._wall()))
        signature = hmac.new(self._secret, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/x-www-form-urlencoded",
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
