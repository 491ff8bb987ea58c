"""What the store tells doctor: that it answers, whether far vantages report, what destinations took no more."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from bot.app import wiring
from bot.app.doctor_result import Result
from bot.app.doctor_tenants import companies
from bot.app.health import stopped
from bot.settings import Settings
from bot.store import Store, StoreError

QUIET = timedelta(minutes=15)
"""A far vantage that reported nothing for longer is looked into."""


async def kept(settings: Settings, now: datetime) -> AsyncIterator[Result]:
    """Check the store, what it says of far vantages and of destinations, and the companies beside it."""
    yield await _store(settings)
    async for result in _heard(settings, now):
        yield result
    for result in await _given_up(settings):
        yield result
    async for result in companies(settings):
        yield result


async def _store(settings: Settings) -> Result:
    name = settings.store_url.split(":", 1)[0]
    try:
        async with await Store.open(settings.store_url) as store, store.begin():
            return Result(what="store", detail=name)
    except StoreError as error:
        return Result(what="store", fault=f"{error}. Check MAILSTATUS_STORE, and that the folder can be written")


async def _heard(settings: Settings, now: datetime) -> AsyncIterator[Result]:
    """Tell of each far vantage when it last reported."""
    if not settings.installation.vantages:
        return
    try:
        async with await Store.open(settings.store_url) as store, store.read() as tx:
            pushes = {name: await tx.pushes.newest(name) for name in settings.installation.vantages}
    except StoreError:
        return  # said already
    for name, push in pushes.items():
        if push is None:
            yield Result(
                what=f"vantage {name}", fault="never reported. Look there: mailstatus doctor --push OUR_ADDRESS"
            )
        elif now - push.heard > QUIET:
            ago = timedelta(seconds=round((now - push.heard).total_seconds()))
            yield Result(
                what=f"vantage {name}", fault=f"reported last {ago} ago. Look there: mailstatus doctor --push …"
            )
        else:
            yield Result(
                what=f"vantage {name}", detail=f"reports; our clock is {push.offset.total_seconds():+.1f} s ahead"
            )


async def _given_up(settings: Settings) -> list[Result]:
    """Tell which destinations take nothing, or took nothing since a message was given up: it may show only then."""
    try:
        async with await Store.open(settings.store_url) as store, store.read() as tx:
            recent = [one for tenant in wiring.tenants(settings) for one in await tx.deliveries.recent(tenant)]
            gaps = [one for tenant in wiring.tenants(settings) for one in await tx.gaps.all(tenant)]
    except StoreError:
        return []
    given_up = {name: f"its last message was given up: {why}" for name, why in stopped(recent).items()}
    shut = {
        one.destination: f"takes no messages since {one.since:%Y-%m-%d %H:%M} UTC: {one.why}"
        for one in gaps
        if one.shut
    }
    return [Result(what=f"destination {name}", fault=why) for name, why in {**given_up, **shut}.items()]
