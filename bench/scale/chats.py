"""A Slack and a Teams that take every message, for any number of channels, and note when each came."""

import json
import time
from collections.abc import Iterator
from itertools import count
from urllib.parse import parse_qs

from bench.scale.wire import Asked, answer, json_answer

POST, EDIT = "/api/chat.postMessage", "/api/chat.update"
ANNOUNCE, UPLOAD, SHOW = "/api/files.getUploadURLExternal", "/upload/", "/api/files.completeUploadExternal"
FLOW = "/workflows/"


class Chats:
    """Answers what is needed to post, edit, reply and show a picture; other calls are refused by name."""

    def __init__(self) -> None:
        """Begin with no message."""
        self._stamps: Iterator[int] = count(1)
        self.told: dict[str, list[float]] = {}
        """When each channel got its messages, in seconds since 1970."""
        self.posts = self.pictures = 0

    def answer(self, asked: Asked) -> bytes:
        """Take one message."""
        path = asked.path
        if path.startswith(FLOW):
            self._note(path.removeprefix(FLOW).partition("/")[0])
            return answer(202)
        if path.startswith(UPLOAD):
            return answer(200)
        if path in {ANNOUNCE, SHOW}:
            return json_answer(self._file(asked, shown=path == SHOW))
        if path not in {POST, EDIT}:
            return json_answer({"ok": False, "error": "unknown_method"})
        return json_answer(self._slack(asked, edit=path == EDIT))

    def _slack(self, asked: Asked, *, edit: bool) -> dict[str, object]:
        args = _arguments(asked)
        channel = str(args["channel"])
        stamp = str(args["ts"]) if edit else f"{time.time():.0f}.{next(self._stamps):06d}"
        if not edit:
            self._note(channel)
        message = {"type": "message", "ts": stamp, "text": args.get("text"), "blocks": args.get("blocks")}
        below = {"thread_ts": args["thread_ts"]} if args.get("thread_ts") else {}
        return {"ok": True, "channel": channel, "ts": stamp, "message": {**message, **below}}

    def _file(self, asked: Asked, *, shown: bool) -> dict[str, object]:
        if shown:
            self.pictures += 1
            return {"ok": True, "files": json.loads(str(_arguments(asked)["files"]))}
        file = f"F{next(self._stamps):08}"
        return {"ok": True, "upload_url": f"http://{asked.headers['host']}{UPLOAD}{file}", "file_id": file}

    def _note(self, channel: str) -> None:
        self.posts += 1
        self.told.setdefault(channel, []).append(time.time())


def _arguments(asked: Asked) -> dict[str, object]:
    if "json" in asked.headers.get("content-type", ""):
        found: dict[str, object] = json.loads(asked.body)
        return found
    return {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
