"""Which addresses may be called that somebody else named: one judge, at the text and again at the connection."""

from bot.egress.connect import Resolve, public_addresses, public_transport
from bot.egress.judge import EgressError, Vendor, fault, host_fault, same_origin

__all__ = (
    "EgressError",
    "Resolve",
    "Vendor",
    "fault",
    "host_fault",
    "public_addresses",
    "public_transport",
    "same_origin",
)
