"""A picture below an incident's head, by Slack's three steps: an address, the bytes, and where it is to be seen."""

import json

from bot.types import Landed, Picture
from handlers.slack.api import SlackApi
from handlers.slack.trouble import SlackError

ALT_LIMIT = 1000
TITLE_LIMIT = 200
SCOPE = "files:write"
NOT_THERE = frozenset({"file_not_found", "file_update_failed"})
"""What Slack says of a file whose bytes got lost though it took them: another one may arrive."""


async def share(api: SlackApi, picture: Picture, head: Landed, *, name: str) -> None:
    """Show a picture in a thread under a file ``name`` that a later look finds; raises SlackError."""
    alt = picture.alt[:ALT_LIMIT]
    given = await api.ask("files.getUploadURLExternal", filename=name, length=len(picture.png), alt_txt=alt)
    await api.upload(str(given.get("upload_url") or ""), picture.png)
    files = json.dumps([{"id": given.get("file_id"), "title": picture.title[:TITLE_LIMIT]}])
    try:
        await api.ask("files.completeUploadExternal", files=files, channel_id=head.channel, thread_ts=head.id)
    except SlackError as error:
        if error.code in NOT_THERE:
            raise SlackError(str(error), code=error.code) from error
        raise


async def may_share(api: SlackApi) -> bool:
    """Tell whether the optional scope was granted: an address is asked for, and nothing sent to it."""
    try:
        await api.ask("files.getUploadURLExternal", filename="mailstatus.png", length=1)
    except SlackError as error:
        if error.code == "missing_scope":
            return False
        raise
    return True
