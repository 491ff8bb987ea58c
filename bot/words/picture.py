"""The few words in the picture of an incident's delay, and the same picture in words for those who cannot see it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.types import Direction, Moment
from bot.words.catalogue import Catalogue, catalogue
from bot.words.message import text
from bot.words.page import Line, PageWords

FAILS_FROM = 0.2
"""Share of messages from which the failed ones are the news, not the late ones."""


class Shot(StrEnum):
    """A line in the picture, in English, as the catalogues know it."""

    LATE = "{direction}: up to {worst}."
    FAILED = "{direction}: {bad} of {of} failed."
    AGAIN = "{direction}: as usual again."
    UNDER_WAY = "under way"
    TOLD = "told"
    RESOLVED = "resolved"
    USUAL = "usual"
    MINUTES = "How long test messages took, in minutes"
    SPOKEN = "Chart of how long test messages took, {start} to {end}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a picture says of one direction since the trouble began."""

    direction: Direction
    arrived: int
    failed: int
    worst: timedelta | None
    """Of those that arrived or are under way."""
    over: bool = False


@dataclass(frozen=True, slots=True)
class PictureWords:
    """The picture's sentences in one language."""

    catalogue: Catalogue

    def say(self, shot: Shot, **values: str | int) -> str:
        """Give a word or a sentence."""
        return self.catalogue.string(shot.value, **values)

    @property
    def page(self) -> PageWords:
        """The page's sentences, which name directions and lengths."""
        return PageWords(self.catalogue)

    def subject(self) -> str:
        """Say what the scales measure."""
        return f"{self.page.string(Line.DELAYS)} (UTC)"

    def minutes(self) -> str:
        """Say what a scale in minutes measures."""
        return self.say(Shot.MINUTES)

    def way(self, way: Way) -> str:
        """Say how one direction is."""
        direction = self.page.direction(way.direction)
        if way.over:
            return self.say(Shot.AGAIN, direction=direction)
        of = way.failed + way.arrived
        if way.worst is None or way.failed >= FAILS_FROM * max(of, 1):
            return self.say(Shot.FAILED, direction=direction, bad=way.failed, of=of)
        return self.say(Shot.LATE, direction=direction, worst=self.page.length(way.worst))

    def usual(self, usual: timedelta | None) -> str:
        """Say what is usual, nothing where that is not known."""
        return self.page.string(Line.USUAL, length=self.page.length(usual)) if usual else ""

    def spoken(self, ways: Sequence[Way], usual: timedelta | None, since: datetime, until: datetime) -> str:
        """Say the whole picture: how bad it was also where it is over."""
        with_date = since.date() != until.date()
        start, end = (text((Moment(at=at, with_date=with_date),), self.catalogue) for at in (since, until))
        said = dict.fromkeys(self.way(one) for way in ways for one in (replace(way, over=False), way))
        parts = [*said, self.usual(usual), self.say(Shot.SPOKEN, start=start, end=end)]
        return text(self.catalogue.joined(*((part,) for part in parts if part)), self.catalogue)


def picture_words(language: str) -> PictureWords:
    """Give the sentences of a language."""
    return PictureWords(catalogue(language))
