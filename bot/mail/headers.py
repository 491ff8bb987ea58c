"""Reading messages of strangers: tolerant, in linear time, and without a crash on anything."""

from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32

MOST_TEXT = 4096


def parse(content: bytes) -> Message:
    """Read a message or its headers alone; one that is nested beyond reason reads as empty."""
    try:
        # The newer policies parse addresses and ids, which fails on some and takes long on others.
        return message_from_bytes(content, policy=compat32)
    except RecursionError:
        return Message(policy=compat32)


def header(message: Message, name: str) -> str:
    """Give a header as one line of text, its encoded words decoded where they can be; empty where there is none."""
    return _plain(message.get(name, ""))


def headers(message: Message, name: str, *, most: int) -> list[str]:
    """Give the first headers of a name, each as one line of text, in the order in which they stand."""
    return [_plain(value) for value in message.get_all(name, [])[:most]]


def _plain(value: object) -> str:
    raw = " ".join(str(value)[:MOST_TEXT].split())
    if "=?" not in raw:
        return raw
    try:
        return " ".join(str(make_header(decode_header(raw))).split())
    except (MessageError, LookupError, ValueError):
        return raw
