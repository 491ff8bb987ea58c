"""What goes over the wire between a far vantage and the bot; pure, and read by both.

A push is a POST of JSON Lines: a line about the push, then a recording's lines, each with a number that grows. The
signature covers who sends, from which spool, when, and the body's bytes.
"""

import hashlib
import hmac
import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from bot.recording import observation_of
from bot.types import Observation

PATH = "/vantages"
VERSION = 1
VANTAGE, SPOOL, TIME, SIGNATURE = (
    "x-mailstatus-vantage",
    "x-mailstatus-spool",
    "x-mailstatus-time",
    "x-mailstatus-signature",
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOST_LINES = 500
MOST_BYTES = 200 * 1024
LARGEST = 2**63 - 1
LEAST_SECRET = 16
MOST_WORDS = 300


class WireError(ValueError):
    """Bytes are no push, or no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a push; ``seen`` is None where nobody here knows what it tells of, and ``fault`` says why."""

    number: int
    seen: Observation | None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a push holds, its moments corrected to the bot's clock by the offset that the vantage measured."""

    offset: timedelta = timedelta()
    dropped: int = 0
    """Observations that the vantage had to let go, as its spool was full."""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bot says of a push: up to which number it has all, and its clock at both ends of the work."""

    taken: int
    received: datetime
    answered: datetime
    refused: tuple[tuple[int, str], ...] = ()
    confirm: tuple[str, ...] = ()
    """Routes that want a confirming test message now."""


def micros(moment: datetime) -> int:
    """Count the microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def moment(micros: int) -> datetime:
    """Give the moment so many microseconds after 1970; raises OverflowError beyond the year 9999."""
    return EPOCH + micros * MICROSECOND


def sign(secret: SecretStr, headers: Mapping[str, str], body: bytes) -> str:
    """Sign a push: its three other headers and its body."""
    said = ":".join(("v1", headers[VANTAGE], headers[SPOOL], headers[TIME], "")).encode()
    return "v1=" + hmac.new(secret.get_secret_value().encode(), said + body, hashlib.sha256).hexdigest()


def is_strong(secret: SecretStr) -> bool:
    """Tell whether a secret is long enough to sign with."""
    return len(secret.get_secret_value()) >= LEAST_SECRET


def write_batch(lines: Iterable[str], *, offset: timedelta, dropped: int = 0) -> bytes:
    """Make the body of a push of a spool's lines."""
    head = {"version": VERSION, "offset_s": round(offset.total_seconds(), 6), "dropped": dropped}
    return "\n".join([json.dumps(head), *lines]).encode()


def read_batch(body: bytes) -> Batch:
    """Read the body of a push; WireError where it is none, a fault in its item where only a line is not known."""
    try:
        first, *rest = body.decode().split("\n")
        head = json.loads(first)
        version, offset = head["version"], timedelta(seconds=float(head.get("offset_s", 0.0)))
        dropped = int(head.get("dropped", 0))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise WireError(f"the first line describes no push ({type(error).__name__})") from None
    if version != VERSION:
        raise WireError(f"version {version!r:.20} of a push is not known here, only {VERSION}: update the older side")
    if len(rest) > MOST_LINES:
        raise WireError(f"more than {MOST_LINES} observations in a push")
    items = tuple(_item(line, offset) for line in rest)
    if any(later.number <= earlier.number for earlier, later in itertools.pairwise(items)):
        raise WireError("the numbers of the lines do not grow")
    return Batch(offset=offset, dropped=dropped, items=items)


def _item(line: str, offset: timedelta) -> Item:
    try:
        event = json.loads(line)
        number = event["n"]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise WireError(f"a line has no number ({type(error).__name__})") from None
    if not isinstance(number, int) or not 0 < number <= LARGEST:
        raise WireError("a line has no number")
    try:
        seen = observation_of(event, epoch=EPOCH + offset)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        return Item(number=number, seen=None, fault=f"cannot be read ({type(error).__name__})")
    return Item(number=number, seen=seen, fault="" if seen else "is of a kind that the bot does not know: update it")


def write_answer(answer: Answer) -> bytes:
    """Make the body of an answer."""
    said = {
        "taken": answer.taken,
        "received": micros(answer.received),
        "answered": micros(answer.answered),
        "refused": [list(one) for one in answer.refused],
        "confirm": list(answer.confirm),
    }
    return json.dumps(said).encode()


def read_answer(body: bytes) -> Answer:
    """Read an answer; WireError where it is none, as from a proxy that answers for the bot."""
    try:
        said = json.loads(body)
        return Answer(
            taken=int(said["taken"]),
            received=moment(int(said["received"])),
            answered=moment(int(said["answered"])),
            refused=tuple((int(number), str(why)) for number, why in said.get("refused", ())),
            confirm=_names(said.get("confirm", ())),
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise WireError(f"this is no answer of a mailstatus ({type(error).__name__})") from None


def write_refusal(why: str, *, after: datetime | None = None) -> bytes:
    """Make the body that says why a push was refused, and after which moment the next one must be signed."""
    return json.dumps({"error": why, **({"after": micros(after)} if after else {})}).encode()


def read_refusal(body: bytes) -> tuple[str, datetime | None]:
    """Read why a push was refused; empty where the answer does not say."""
    try:
        said = json.loads(body)
        after = moment(int(said["after"])) if "after" in said else None
        return str(said["error"])[:MOST_WORDS], after
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return "", None


def _names(names: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(name) for name in names)


def is_finite(seen: Observation) -> bool:
    """Tell whether every number of an observation is one."""
    values = (getattr(seen, name) for name in seen.__dataclass_fields__)
    return all(math.isfinite(value) for value in values if isinstance(value, float))
