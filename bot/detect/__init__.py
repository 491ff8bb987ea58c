"""Detection: what the test messages show to be wrong, and whether we can see at all."""

from bot.detect.calendars import Calendars, CalendarState
from bot.detect.detector import Detector

__all__ = ["CalendarState", "Calendars", "Detector"]
