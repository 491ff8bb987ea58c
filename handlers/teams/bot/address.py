"""Where the bot may send its token to, and which conversations it may name: everything else is refused."""

import re

from bot.egress import Vendor

DEFAULT_SERVICE = "https://smba.trafficmanager.net/teams"
"""Microsoft's own address for a conversation of which none is known yet."""
# Of trafficmanager.net this one host alone: anybody can have another.
_SERVICES = Vendor(
    hosts=("smba.trafficmanager.net",),
    below=(
        ".botframework.com",
        ".botframework.us",
        ".botframework.azure.us",
        ".botframework.azure.cn",
        ".teams.microsoft.com",
        ".teams.microsoft.us",
        ".teams.microsoftonline.cn",
    ),
)
# An address of ours is put behind it.
_MORE = re.compile(r"[?#]")
_CONVERSATION = re.compile(r"[A-Za-z0-9:._@=+-]{3,300}")
_ACTIVITY = re.compile(r"[A-Za-z0-9:._|=+-]{1,200}")


def known(service_url: str, own: str | None = None) -> bool:
    """Tell whether a service address is Microsoft's, or the one that the operator named."""
    return not (_MORE.search(service_url) or _SERVICES.fault(service_url, own=own or ""))


def conversation_of(id_: str) -> str:
    """Give the conversation without the thread; raise ValueError for an id that would lead elsewhere in a path."""
    conversation = id_.partition(";")[0]
    if not _CONVERSATION.fullmatch(conversation) or ".." in conversation:
        raise ValueError("is no id of a conversation")
    return conversation


def activity_of(id_: str) -> str:
    """Give the id of a message; raise ValueError for one that would lead elsewhere in a path."""
    if not _ACTIVITY.fullmatch(id_) or ".." in id_:
        raise ValueError("is no id of a message")
    return id_
