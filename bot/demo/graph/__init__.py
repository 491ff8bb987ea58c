"""A Graph stand-in: token endpoint and service health, stateful, with faults to switch."""

from bot.demo.graph.service import Graph, forbidden, throttled, unavailable
from bot.demo.graph.tokens import Tokens

__all__ = ["Graph", "Tokens", "forbidden", "throttled", "unavailable"]
