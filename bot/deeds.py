"""What people asked for, as the audit log has it: who by their ids, and none of their words but an order's note."""

from bot.store import Deed
from bot.types import Order, Person, Reported


def ordered(order: Order) -> Deed:
    """Give the deed of an order that was done."""
    until = order.until.isoformat() if order.until else None
    about = {"incident": order.incident, "advisory": order.advisory, "until": until, "note": order.note}
    return Deed.of(order.by, order.person, str(order.verb), at=order.at, about=about)


def refused(order: Order) -> Deed:
    """Give the deed of an order that its person may not give."""
    about = {"order": str(order.verb), "incident": order.incident}
    return Deed.of(order.by, order.person, "was refused an order", at=order.at, about=about)


def reported(seen: Reported, by: Person) -> Deed:
    """Give the deed of a report."""
    return Deed.of(by, seen.person, "report", at=seen.at, about={"works": seen.works})
