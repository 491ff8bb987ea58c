"""A Graph stand-in: token endpoint and service health, stateful, with faults to switch."""

from bot.demo.graph.service import Graph, forbidden, throttled, unavailable
from bot.demo.graph.tokens import Registration, Tokens

__all__ = ["Graph", "Registration", "Tokens", "forbidden", "throttled", "unavailable"]
