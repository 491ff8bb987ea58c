"""The far vantages of a bot: the way in for what they push."""

from collections.abc import Mapping

from starlette.types import ASGIApp

from bot.app import wiring
from bot.app.bot import Bot
from bot.settings import Settings, SettingsError
from bot.store import Push
from bot.vantage.wire import LEAST_SECRET, is_strong
from handlers.vantage.guard import Guard
from handlers.vantage.listen import PATH, Ports, VantageListener


def vantages_door(bot: Bot) -> Mapping[str, ASGIApp]:
    """Open the way in where the settings name a vantage; raises SettingsError for a secret that is too short."""
    tables = bot.settings.installation.vantages
    if not tables:
        return {}
    check_secrets(bot.settings)
    secrets = {name: bot.settings.named[table.secret_env] for name, table in tables.items()}

    async def known(vantage: str, spool: str) -> Mapping[str, Push]:
        async with bot.store.read() as tx:
            return await tx.pushes.known(vantage, spool)

    ports = Ports(
        routes=[route for tenant in bot.pipeline.tenants for route in wiring.routes(bot.settings, tenant)],
        known=known,
        take=bot.pipeline.take,
        suspects=bot.pipeline.suspects,
        now=bot.clock.now,
    )
    return {PATH: VantageListener(Guard(secrets, now=bot.clock.now), ports)}


def check_secrets(settings: Settings) -> None:
    """Raise SettingsError for every vantage's secret that is too short to sign with."""
    variables = [table.secret_env for table in settings.installation.vantages.values()]
    weak = [name for name in variables if not is_strong(settings.named[name])]
    if weak:
        example = "openssl rand -base64 32"
        raise SettingsError(
            [f"{name}: is shorter than {LEAST_SECRET} characters. Make one: {example}" for name in weak]
        )
