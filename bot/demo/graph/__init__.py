"""A Graph stand-in: token endpoint, service health and calendars, stateful, with faults to switch."""

from bot.demo.graph.calendars import Calendars
from bot.demo.graph.service import Graph, forbidden, throttled, unavailable
from bot.demo.graph.tokens import Registration, Tokens

__all__ = ["Calendars", "Graph", "Registration", "Tokens", "forbidden", "throttled", "unavailable"]
