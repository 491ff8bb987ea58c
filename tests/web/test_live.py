import asyncio
from datetime import timedelta

from bot.web.live import CLIENTS, Live, event

FAST = timedelta(milliseconds=1)


class Page:
    """A page that can be changed, and counts its renderings."""

    def __init__(self) -> None:
        self.html = "<p>fine</p>"
        self.rendered = 0

    async def render(self) -> tuple[str, str]:
        """Render it."""
        self.rendered += 1
        return self.html, "2023-07-18T08:41:00+00:00"


def test_an_event_has_a_line_for_each_line() -> None:
    assert event("a\nb", name="beat") == "event: beat\ndata: a\ndata: b\n\n"


async def test_the_page_comes_first_then_beats_until_it_changes() -> None:
    page = Page()
    stream = Live(page.render, pace=FAST).stream()
    assert "data: <p>fine</p>" in await anext(stream)
    assert (await anext(stream)).startswith("event: beat\ndata: 2023-07-18")
    page.html = "<p>bad</p>"
    told = [await anext(stream) for _ in range(3)]
    assert sum("<p>bad</p>" in one for one in told) == 1
    await stream.aclose()


async def test_many_who_look_share_one_rendering() -> None:
    page = Page()
    live = Live(page.render, pace=timedelta(minutes=1))
    streams = [live.stream() for _ in range(30)]
    await asyncio.gather(*(anext(stream) for stream in streams))
    assert page.rendered == 1
    assert live.clients == 30
    for stream in streams:
        await stream.aclose()
    assert live.clients == 0


async def test_closing_ends_every_stream_at_once() -> None:
    live = Live(Page().render, pace=timedelta(hours=1))
    stream = live.stream()
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream, "ended"))
    await asyncio.sleep(0)
    live.close()
    async with asyncio.timeout(5):
        assert await waiting == "ended"
    assert live.full


async def test_there_is_room_for_so_many_and_no_more() -> None:
    live = Live(Page().render)
    assert not live.full
    live.clients = CLIENTS
    assert live.full
