"""Which addresses may be called that somebody else named: one judge, at the text and again at the connection."""

from bot.egress.connect import Connect, Reach, Resolve, public_socket
from bot.egress.judge import EgressError, Vendor, fault, host_fault, same_origin

__all__ = (
    "Connect",
    "EgressError",
    "Reach",
    "Resolve",
    "Vendor",
    "fault",
    "host_fault",
    "public_socket",
    "same_origin",
)
