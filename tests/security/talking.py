"""What a speaker of the outside is made of: a secret that it knows, and all that an attempt says."""

import asyncio
import base64
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

import jwt

from bot.app.heartbeat import HeartbeatError
from bot.mail import MailError
from bot.microsoft import GraphError
from bot.outbox import SendError
from bot.store import StoreError
from bot.vantage.push import PushError

SECRET = "Qx7vTopSecretValue0123456789abcdefXYZ"
OF_TEAMS = jwt.encode({"appid": SECRET}, "of the bot, which Teams reads and we do not", algorithm="HS256")
SHORT = timedelta(seconds=0.3)
Talk: TypeAlias = Callable[[], Awaitable[object]]
Opening: TypeAlias = Callable[[str, Path], AbstractAsyncContextManager[Talk]]


def traces(secret: str) -> set[str]:
    """Give the forms in which a secret would be one: as it is, and in base64 at each of the three offsets."""
    raw = secret.encode()
    inside = {base64.b64encode(b"x" * shift + raw).decode()[4:-4] for shift in range(3)}
    return {secret, *inside}


KNOWN_ERRORS = (SendError, GraphError, MailError, PushError, StoreError, HeartbeatError, TimeoutError)


async def heard(talk: Talk) -> str:
    """Give all that an attempt says: the error with its causes, or what came back."""
    try:
        async with asyncio.timeout(20):
            return repr(await talk())
    except KNOWN_ERRORS as error:
        return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
