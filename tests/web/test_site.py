from bot.types import Direction
from bot.web.range import RANGES
from bot.web.site import Site
from tests.web.examples import BAD, NOW, WAYS, PastOf, points, ports


async def test_the_chart_shows_the_range_that_was_asked_for() -> None:
    site = Site(ports=ports())
    for wanted in RANGES.values():
        delays = await site.delays(wanted)
        assert delays.until - delays.since == wanted.length
        assert all(delays.since <= point.at < delays.until for point in delays.points)
    assert len(delays.spans) == 2
    assert len(delays.marks) == 3


async def test_the_page_asks_for_the_week_and_the_range_and_again_only_after_a_while() -> None:
    own = ports()
    past = PastOf(points(*WAYS))
    site = Site(ports=type(own)(snapshot=own.snapshot, health=own.health, history=past))
    for _ in range(3):
        await site.page(RANGES["3h"])
    assert len(past.asked) == 2


async def test_the_chart_is_told_in_words_for_those_who_do_not_see_it() -> None:
    html = await Site(ports=ports()).page(RANGES["24h"])
    assert "Outgoing mail: 4 s in the middle, 40 s at worst, " in html


async def test_a_direction_in_which_nothing_arrived_has_no_middle() -> None:
    own = ports()
    lost = [point for point in points(Direction.INBOUND) if point.at < NOW]
    dead = [type(point)(at=point.at, direction=point.direction, failed=3) for point in lost]
    site = Site(ports=type(own)(snapshot=own.snapshot, health=own.health, history=PastOf(dead)))
    assert "Incoming mail: - in the middle, - at worst, " in await site.page(RANGES["24h"])


def test_a_text_is_flat_with_its_times_in_utc() -> None:
    site = Site(ports=ports(BAD))
    assert site.flat(site.view().ways[2].last) == ("The last test message arrived at 08:40 UTC and took 9 seconds.")
