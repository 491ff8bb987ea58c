"""The headers that servers add to a message on its way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from bot.demo.mail.lanes import WATCHED, Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """When the sender's server took a message, when the recipient's did, and when it was in the mailbox."""

    sender: Box
    recipient: Box
    submitted: datetime
    handed_over: datetime
    stored: datetime


def stamped(raw: bytes, passage: Passage) -> bytes:
    """Give the message as it lies in the mailbox: trace headers on top, newest first."""
    own = passage.sender.provider == passage.recipient.provider
    hops = [_received(_front(passage.sender), "canary", _protocol(passage.sender), passage.submitted)]
    if not own:
        hops.insert(
            0,
            _received(
                _front(passage.recipient), _front(passage.sender), _protocol(passage.recipient), passage.handed_over
            ),
        )
    hops.insert(
        0, _received(_store(passage.recipient), _front(passage.recipient), _protocol(passage.recipient), passage.stored)
    )
    lines = [f"Return-Path: <{passage.sender.address}>", *hops, *_of_exchange(passage)]
    return "".join(f"{line}\r\n" for line in lines).encode() + raw


def _received(by: str, origin: str, protocol: str, at: datetime) -> str:
    return f"Received: from {origin} by {by}\r\n with {protocol}; {format_datetime(at)}"


def _protocol(box: Box) -> str:
    """Exchange names itself in its stamps."""
    return "Microsoft SMTP Server" if box.provider == WATCHED else "ESMTPS"


def _front(box: Box) -> str:
    return f"mx-{box.vantage}.{box.domain}"


def _store(box: Box) -> str:
    return f"store-{box.vantage}.{box.domain}"


def _of_exchange(passage: Passage) -> list[str]:
    """Exchange Online stamps when it first took a message, and how long it had it."""
    if passage.recipient.provider != WATCHED:
        return []
    arrival = passage.submitted if passage.sender.provider == WATCHED else passage.handed_over
    stamp = arrival.strftime("%d %b %Y %H:%M:%S.%f") + "0 (UTC)"
    return [
        f"X-MS-Exchange-CrossTenant-OriginalArrivalTime: {stamp}",
        f"X-MS-Exchange-Transport-EndToEndLatency: {_timespan(passage.stored - arrival)}",
    ]


def _timespan(length: timedelta) -> str:
    """Write a length as .NET does: ``[d.]hh:mm:ss.fffffff``."""
    days, seconds = length.days, length.seconds
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{length.microseconds:06}0"
    return f"{days}.{clock}" if days else clock
