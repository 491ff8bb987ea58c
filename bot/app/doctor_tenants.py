"""What doctor says of the folder of companies."""

from collections.abc import AsyncIterator

from bot.app.doctor_result import Result
from bot.app.tenant_admin import open_desk
from bot.settings import Settings, SettingsError
from bot.store import StoreError


async def companies(settings: Settings) -> AsyncIterator[Result]:
    """Check every company's file as the bot does."""
    if settings.environment.tenants is None:
        return
    try:
        async with open_desk(settings) as desk:
            faults, doubts, count = desk.folder.wrong(), desk.folder.doubts(), len(desk.folder.tenants())
    except StoreError:  # said already
        return
    except SettingsError as error:
        yield Result(what="companies", fault="; ".join(error.lines))
        return
    for name, lines in sorted(faults.items()):
        yield Result(what=f"company {name}", fault="; ".join(lines))
    for name, lines in sorted(doubts.items()):
        yield Result(what=f"company {name}", detail="; ".join(lines))
    yield Result(what="companies", detail=f"{count} are known")
