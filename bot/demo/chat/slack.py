"""Slack's Web API, the methods that a status bot uses."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.demo.chat.slack_blocks import complaint
from bot.demo.chat.slack_posts import BOT_ID, BOT_NAME, BOT_USER, TEAM, SlackPost, Whisper, Workspace
from bot.demo.faults import Answer, Faults, Faulty, json_answer
from bot.demo.forms import form

Args: TypeAlias = Mapping[str, Any]
Reply: TypeAlias = dict[str, Any]

_SCOPES = "chat:write,commands,channels:history,groups:history,files:write,im:history,im:write"
_LONGEST_TEXT = 40_000
_MOST_A_PAGE = 999


class SlackRefusedError(Exception):
    """The call is refused; the text is Slack's error code."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Refuse with Slack's ``code``, and a ``detail`` for its metadata."""
        super().__init__(code)
        self.detail = detail


class Slack:
    """A workspace behind the Web API; ``faults`` break it."""

    def __init__(self, workspace: Workspace, *, token: str) -> None:
        """Let those in who bring ``token``."""
        self.faults = Faults()
        self.workspace = workspace
        self._token = token
        self._methods: Mapping[str, Callable[[Args], Reply]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._whisper,
            "chat.getPermalink": self._permalink,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.info": self._channel_info,
            "conversations.open": self._open,
            "views.publish": self._home,
            "users.info": self._user,
            "files.getUploadURLExternal": self._announce_file,
            "files.completeUploadExternal": self._show_files,
        }

    def app(self) -> ASGIApp:
        """Give the stand-in as an ASGI app; its methods are under ``/api/``."""
        routes = [
            Route("/api/{method}", self._call, methods=["GET", "POST"]),
            Route("/upload/{file}", self._upload, methods=["POST"]),
            Route("/respond/{channel}/{user}", self._respond, methods=["POST"]),
        ]
        return Faulty(Starlette(routes=routes), self.faults)

    async def _call(self, request: Request) -> Response:
        args = {**await _arguments(request), "host": str(request.base_url)}
        try:
            self._authorize(request.headers.get("Authorization") or f"Bearer {args.get('token', '')}")
            reply = {"ok": True, **self._method(request.path_params["method"])(args)}
        except SlackRefusedError as error:
            reply = {"ok": False, "error": str(error)}
            if error.detail:
                reply["response_metadata"] = {"messages": [f"[ERROR] {error.detail}"]}
        return JSONResponse(reply, headers={"X-OAuth-Scopes": _SCOPES})

    def _authorize(self, header: str) -> None:
        if header == "Bearer ":
            raise SlackRefusedError("not_authed")
        if header != f"Bearer {self._token}":
            raise SlackRefusedError("invalid_auth")

    def _method(self, name: str) -> Callable[[Args], Reply]:
        method = self._methods.get(name)
        if method is None:
            raise SlackRefusedError("unknown_method")
        return method

    def _auth_test(self, _: Args) -> Reply:
        who = {"team": "Contoso", "team_id": TEAM, "user": BOT_NAME, "user_id": BOT_USER, "bot_id": BOT_ID}
        return {"url": "https://contoso.slack.com/", **who, "is_enterprise_install": False}

    def _post(self, args: Args) -> Reply:
        if args.get("channel") in self.workspace.people:  # a person's id opens the conversation with them
            args = {**args, "channel": f"D{args['channel']}"}
        channel, text, blocks = self._channel(args), *_content(args)
        parent = str(args.get("thread_ts") or "")
        if parent and self.workspace.post(channel, parent) is None:
            raise SlackRefusedError("thread_not_found")
        post = SlackPost(
            channel=channel,
            ts=self.workspace.stamp(),
            text=text,
            blocks=blocks,
            thread_ts=parent,
            broadcast=_true(args.get("reply_broadcast")),
            metadata=args.get("metadata"),
            client_msg_id=str(args.get("client_msg_id") or ""),
        )
        self.workspace.posts.append(post)
        return {"channel": channel, "ts": post.ts, "message": post.shown(with_metadata=True)}

    def _update(self, args: Args) -> Reply:
        channel, text, blocks = self._channel(args), *_content(args)
        post = self.workspace.post(channel, str(args.get("ts")))
        if post is None:
            raise SlackRefusedError("message_not_found")
        if post.user != BOT_USER:
            raise SlackRefusedError("cant_update_message")
        post.versions.append((post.edited or post.ts, post.text))
        post.text, post.blocks, post.edited = text, blocks, self.workspace.stamp()
        post.metadata = args.get("metadata") or post.metadata
        return {"channel": channel, "ts": post.ts, "text": text, "message": post.shown(with_metadata=True)}

    def _whisper(self, args: Args) -> Reply:
        channel, text, blocks = self._channel(args), *_content(args)
        user = self._person(args)
        stamp = self.workspace.stamp()
        self.workspace.whispers.append(Whisper(channel=channel, user=user, text=text, blocks=blocks, ts=stamp))
        return {"message_ts": stamp}

    def _permalink(self, args: Args) -> Reply:
        post = self.workspace.post(self._channel(args), str(args.get("message_ts")))
        if post is None:
            raise SlackRefusedError("message_not_found")
        below = f"?thread_ts={post.thread_ts}&cid={post.channel}" if post.thread_ts else ""
        link = f"https://contoso.slack.com/archives/{post.channel}/p{post.ts.replace('.', '')}{below}"
        return {"channel": post.channel, "permalink": link}

    async def _respond(self, request: Request) -> Response:
        """Take what the bot says later, by the address that came with a command or a button."""
        args = {**request.path_params, **await _arguments(request)}
        channel, text, blocks = self._channel(args), *_content(args)
        whisper = Whisper(channel=channel, user=self._person(args), text=text, blocks=blocks, ts=self.workspace.stamp())
        self.workspace.whispers.append(whisper)
        return Response("ok")

    def _history(self, args: Args) -> Reply:
        return _page(self.workspace.history(self._channel(args)), args)

    def _replies(self, args: Args) -> Reply:
        thread = self.workspace.thread(self._channel(args), str(args.get("ts")))
        if not thread:
            raise SlackRefusedError("thread_not_found")
        return _page(thread, args)

    def _channel_info(self, args: Args) -> Reply:
        channel = self._channel(args)
        about = {"is_channel": True, "is_member": True, "is_archived": False, "is_private": False}
        return {"channel": {"id": channel, "name": self.workspace.channels[channel], **about}}

    def _open(self, args: Args) -> Reply:
        return {"channel": {"id": f"D{self._person({'user': args.get('users')})}"}}

    def _home(self, args: Args) -> Reply:
        user, view = str(args.get("user_id")), args.get("view")
        if not isinstance(view, Mapping):
            raise SlackRefusedError("invalid_arguments")
        if user not in self.workspace.people:
            raise SlackRefusedError("user_not_found")
        self.workspace.homes[user] = view
        return {"view": {"id": f"V{user}", "type": "home", **view}}

    def _user(self, args: Args) -> Reply:
        user = self._person(args)
        name = self.workspace.people[user]
        profile = {"real_name": name, "display_name": name}
        locale = {"locale": self.workspace.locales.get(user, "en-US")} if _true(args.get("include_locale")) else {}
        about = {"name": name.lower(), "real_name": name, "tz": "Europe/Berlin", "profile": profile, **locale}
        return {"user": {"id": user, **about}}

    def _announce_file(self, args: Args) -> Reply:
        name, length = str(args.get("filename") or ""), str(args.get("length") or "")
        if not name or not length.isdigit():
            raise SlackRefusedError("invalid_arguments")
        file = self.workspace.files.announce(name, int(length), str(args.get("alt_txt") or ""))
        return {"upload_url": f"{args['host']}upload/{file.id}", "file_id": file.id}

    async def _upload(self, request: Request) -> Response:
        taken = self.workspace.files.put(request.path_params["file"], await request.body())
        return Response("OK", 200) if taken else Response("invalid_upload", 400)

    def _show_files(self, args: Args) -> Reply:
        channel, parent = self._channel({"channel": args.get("channel_id")}), str(args.get("thread_ts") or "")
        files = self.workspace.files.named(args.get("files"))
        if files is None:
            raise SlackRefusedError("file_not_found")
        if parent and self.workspace.post(channel, parent) is None:
            raise SlackRefusedError("thread_not_found")
        post = SlackPost(channel=channel, ts=self.workspace.stamp(), text="", files=tuple(files), thread_ts=parent)
        self.workspace.posts.append(post)
        return {"files": [file.shown() for file in files]}

    def _channel(self, args: Args) -> str:
        channel = self.workspace.channel(str(args.get("channel")))
        if channel is None:
            raise SlackRefusedError("channel_not_found")
        return channel

    def _person(self, args: Args) -> str:
        user = str(args.get("user"))
        if user not in self.workspace.people:
            raise SlackRefusedError("user_not_found")
        return user


def ratelimited(retry_after: int = 1) -> Answer:
    """Give Slack's 429."""
    return json_answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(retry_after)})


async def _arguments(request: Request) -> dict[str, Any]:
    """Read JSON, form or query; in the last two nested values are JSON texts."""
    if request.headers.get("Content-Type", "").startswith("application/json"):
        body = await request.body()
        try:
            given = json.loads(body) if body else {}
        except ValueError:
            given = {}
        return dict(given) if isinstance(given, dict) else {}
    flat = {**request.query_params, **await form(request)}
    return {name: _unpacked(name, value) for name, value in flat.items()}


def _unpacked(name: str, value: str) -> object:
    if name not in ("blocks", "attachments", "metadata", "view"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def _content(args: Args) -> tuple[str, list[Mapping[str, Any]]]:
    text, blocks = str(args.get("text") or ""), args.get("blocks") or []
    if not text and not blocks:
        raise SlackRefusedError("no_text")
    if len(text) > _LONGEST_TEXT:
        raise SlackRefusedError("msg_too_long")
    wrong = complaint(blocks)
    if wrong:
        raise SlackRefusedError("invalid_blocks", wrong)
    return text, list(blocks)


def _page(posts: list[SlackPost], args: Args) -> Reply:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "9999999999")
    inclusive = _true(args.get("inclusive"))
    within = [post for post in posts if _between(float(post.ts), float(oldest), float(latest), inclusive=inclusive)]
    start = int(args.get("cursor") or 0)
    end = start + min(int(args.get("limit") or 100), _MOST_A_PAGE)
    with_metadata = _true(args.get("include_all_metadata"))
    page = [post.shown(with_metadata=with_metadata) for post in within[start:end]]
    more = end < len(within)
    return {"messages": page, "has_more": more, "response_metadata": {"next_cursor": str(end) if more else ""}}


def _between(stamp: float, oldest: float, latest: float, *, inclusive: bool) -> bool:
    return oldest <= stamp <= latest if inclusive else oldest < stamp < latest


def _true(value: object) -> bool:
    return str(value).lower() in ("true", "1")
