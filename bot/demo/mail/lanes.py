"""Who mails whom: the seven routes between three providers, seen from two regions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.types import Direction, Route

WATCHED = "contoso"
"""The provider that is watched; the other two have nothing to do with it."""
OTHERS = ("fabrikam", "northwind")
PROVIDERS = (WATCHED, *OTHERS)
VANTAGES = ("eu", "us")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a mailbox is: at which provider, and by the door of which region it is used."""

    name: str
    provider: str
    vantage: str

    @property
    def domain(self) -> str:
        """The provider's domain, one that can never exist outside."""
        return f"{self.provider}.example"

    @property
    def address(self) -> str:
        """The mail address."""
        return f"{self.name}@{self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A route with its two mailboxes and the median of its healthy delays."""

    route: Route
    sender: Box
    recipient: Box
    median: timedelta


def lanes() -> tuple[Lane, ...]:
    """Give the seven routes: two out, two in, one inside, and two controls between the other providers."""
    both = [lane for vantage in VANTAGES for lane in _of_vantage(vantage)]
    inside = _lane("internal-eu", canary(WATCHED, "eu"), _colleague("eu"), 4)
    order = ("outbound", "inbound", "internal", "control")
    return tuple(sorted((*both, inside), key=lambda lane: order.index(lane.route.name.split("-")[0])))


def boxes(among: Sequence[Lane]) -> tuple[Box, ...]:
    """Give each mailbox that these lanes use, once."""
    return tuple(dict.fromkeys(box for lane in among for box in (lane.sender, lane.recipient)))


def canary(provider: str, vantage: str) -> Box:
    """Give the canary's mailbox at a provider, used from a vantage."""
    return Box(name=f"canary-{vantage}", provider=provider, vantage=vantage)


def _colleague(vantage: str) -> Box:
    return Box(name=f"colleague-{vantage}", provider=WATCHED, vantage=vantage)


def _of_vantage(vantage: str) -> list[Lane]:
    ours, theirs, third = (canary(provider, vantage) for provider in (WATCHED, *OTHERS))
    farther = 0 if vantage == "eu" else 3
    return [
        _lane(f"outbound-{vantage}", ours, theirs, 9 + farther),
        _lane(f"inbound-{vantage}", theirs, ours, 14 + farther),
        _lane(f"control-{vantage}", theirs, third, 6 + farther),
    ]


def _lane(name: str, sender: Box, recipient: Box, median_s: float) -> Lane:
    control = name.startswith("control")
    direction = Direction.OUTBOUND if control else Direction(name.split("-", maxsplit=1)[0])
    route = Route(name=name, direction=direction, vantage=sender.vantage, control=control)
    return Lane(route=route, sender=sender, recipient=recipient, median=timedelta(seconds=median_s))
