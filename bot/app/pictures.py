"""Has an incident's picture drawn when it is to be sent."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.app.tenants import Tenants
from bot.outbox import SendError
from bot.outbox.plan import DRAWN
from bot.settings import Settings
from bot.store import Store, StoreError
from bot.types import Chart, Delivery, Direction, Kind, Picture
from bot.web.course import Course, CourseReader
from bot.web.paint import PaintError
from bot.web.picture import picture
from bot.web.plot import plot
from bot.words.picture import PictureWords, Shot, picture_words

CHART_LIMIT = timedelta(seconds=3)
"""For reading a chart's figures, within the limit of a delivery."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Draws what a delivery's incident did up to its message."""

    store: Store
    tenants: Tenants

    async def __call__(self, delivery: Delivery) -> Picture | None:
        """Draw; None where test messages show nothing of the incident. Raises SendError."""
        words = picture_words(delivery.message.language)
        try:
            course = await self._course(delivery, words)
            return await picture(course, words) if course else None
        except StoreError as error:
            raise SendError(f"the picture's figures cannot be read: {error}") from error
        except PaintError as error:
            raise SendError(str(error)) from error  # a machine that is busy paints later; an old picture is given up

    async def chart(self, delivery: Delivery) -> Chart | None:
        """Give the chart of an incident that begins or is over, and of a head that is edited, so that it keeps its own.

        Words never wait for it for long, nor fail by it.
        """
        if delivery.kind is not Kind.EDIT and delivery.message.reason not in DRAWN:
            return None
        words = picture_words(delivery.message.language)
        try:
            async with asyncio.timeout(CHART_LIMIT.total_seconds()):
                course = await self._course(delivery, words)
        except (StoreError, TimeoutError) as error:
            log.info("chart_left_out", to=delivery.destination, why=str(error))
            return None
        return plot(course, words) if course else None

    async def _course(self, delivery: Delivery, words: PictureWords) -> Course | None:
        message = delivery.message
        async with self.store.read() as tx:
            incident = await tx.incidents.get(message.tenant, message.incident or "")
        tenant = self.tenants.find(message.tenant)
        if incident is None or tenant is None:
            return None
        reader = CourseReader(store=self.store, directions=_directions(tenant.settings))
        told, resolved = words.say(Shot.TOLD), words.say(Shot.RESOLVED)
        return await reader.read(incident, message.at, told=told, resolved=resolved)


def _directions(settings: Settings) -> Mapping[str, Direction]:
    tables = settings.installation.routes.items()
    return {name: Direction(table.direction) for name, table in tables if table.direction != "control"}
