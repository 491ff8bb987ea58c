"""The status page, the API and the ways in for the chat platforms, for one bot."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp

from bot.app.bot import Bot
from bot.app.clock import SystemClock
from bot.app.voices import slack_api
from bot.types import Direction, Order, Reported, Snapshot
from bot.web.app import create_app
from bot.web.history import RollupHistory
from bot.web.site import Ports
from handlers.commands import Commands
from handlers.orders import Orders
from handlers.slack.listen import PATH as SLACK_PATH
from handlers.slack.listen import SlackListener


@asynccontextmanager
async def open_site(bot: Bot, *, links: Mapping[str, str] | None = None) -> AsyncIterator[Starlette]:
    """Make the ASGI application; what people do in Slack comes in by it where the settings have a signing secret."""
    tenant = bot.pipeline.tenants[0]
    language = bot.pipeline.language(tenant)
    ports = Ports(
        snapshot=bot.pipeline.snapshot,
        health=bot.pulse.health,
        history=RollupHistory(store=bot.store, directions=_directions(bot)),
        tenants=lambda: bot.pipeline.tenants,
        tenant=tenant,
        language=language,
    )
    async with _slack(bot, tenant, language) as mounts:
        yield create_app(ports, token=bot.settings.environment.page_token, mounts=mounts, links=links)


def commands(bot: Bot, tenant: str, language: str) -> Commands:
    """Give what people can ask and change from chat."""

    async def order(order: Order) -> None:
        await bot.pipeline.order(order)

    async def report(reported: Reported) -> None:
        await bot.pipeline.report(reported)

    def snapshot() -> Snapshot:
        return bot.pipeline.snapshot(tenant)

    orders = Orders(snapshot=snapshot, order=order, report=report, clock=bot.clock, may=lambda _: True)
    return Commands(orders=orders, language=language)


@asynccontextmanager
async def _slack(bot: Bot, tenant: str, language: str) -> AsyncIterator[Mapping[str, ASGIApp]]:
    secret, api = bot.settings.environment.slack_signing_secret, slack_api(bot.settings)
    if secret is None or api is None:
        yield {}
        return
    channels = {one.channel: one.language for one in bot.settings.installation.destinations.values() if one.channel}
    # Slack signs with real time, whatever clock a story runs on.
    listener = SlackListener(api, secret, commands(bot, tenant, language), now=SystemClock().now, languages=channels)
    await listener.warm()
    try:
        yield {SLACK_PATH: listener}
    finally:
        await api.aclose()


def _directions(bot: Bot) -> Mapping[str, Direction]:
    return {name: line.route.direction for name, line in bot.eyes.lines.items() if not line.route.control}
