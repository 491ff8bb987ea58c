"""How far back the chart looks, and in what steps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.words.page import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """One choice of the chart."""

    key: str
    length: timedelta
    step: timedelta
    line: Line

    def since(self, now: datetime) -> datetime:
        """Give the start, on a full step, so that points stay where they are while time goes on."""
        return self.until(now) - self.length

    def until(self, now: datetime) -> datetime:
        """Give the end: the end of the step that holds ``now``."""
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return day + ((now - day) // self.step + 1) * self.step


RANGES = {
    one.key: one
    for one in (
        Range(key="3h", length=timedelta(hours=3), step=timedelta(minutes=1), line=Line.HOURS_3),
        Range(key="24h", length=timedelta(hours=24), step=timedelta(minutes=15), line=Line.HOURS_24),
        Range(key="7d", length=timedelta(days=7), step=timedelta(minutes=60), line=Line.DAYS_7),
    )
}
DEFAULT = RANGES["24h"]
