"""The Teams bot, where the settings have one."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.util import find_spec

from bot.app.eyes import cloud, credential
from bot.microsoft import ClientSecret, EntraApp, EntraTokens, GraphError
from bot.settings import Settings, SettingsError
from bot.store import Store
from bot.types import Clock
from handlers.teams.bot.api import EXTRA, BotApp, TeamsApi
from handlers.teams.bot.places import Places
from handlers.teams.bot.trouble import TeamsError

SCOPES: Mapping[str, str] = {
    "global": "https://api.botframework.com/.default",
    "gcc-high": "https://api.botframework.us/.default",
    "dod": "https://api.botframework.us/.default",
    "china": "https://api.botframework.azure.cn/.default",
}
"""What the bot signs in for, by cloud; a test compares them with the SDK's own, whose import takes seconds."""
FORBIDDEN: Mapping[str, str] = {
    "DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS": "is a switch of the Teams SDK that lets anybody in",
    "CLIENT_SECRET": "would be taken by the Teams SDK in place of MAILSTATUS_TEAMS_APP_SECRET",
}
"""Variables that the SDK reads by itself, also out of .env, and that must not be set."""


def bot_app(settings: Settings) -> BotApp | None:
    """Give the bot's registration; None without one. Raises SettingsError where it has no credential."""
    environment = settings.environment
    id_, azure_tenant = environment.teams_app_id, environment.azure_tenant_id
    if not id_ or not azure_tenant:
        return None
    secret = environment.teams_app_secret
    signs_in = ClientSecret(secret=secret) if secret else credential(environment)
    if signs_in is None:
        example = "MAILSTATUS_TEAMS_APP_SECRET=q~8Q~abcdefghijklmnopqrstuvwxyz"
        raise SettingsError(
            [f"MAILSTATUS_TEAMS_APP_SECRET: is not set, and the Teams bot needs it. Example: {example}"]
        )
    login = (environment.azure_authority_host or cloud(settings).login).rstrip("/")
    entra = EntraApp(
        credential=signs_in, tenant=azure_tenant, client_id=id_, login=login, ca_bundle=environment.ca_file
    )
    return BotApp(id=id_, azure_tenant=azure_tenant, tokens=EntraTokens(entra).token, cloud=environment.cloud)


async def bot_fault(settings: Settings) -> str:
    """Say what keeps the bot from signing in; empty where nothing does. Only a message shows whether it may post."""
    try:
        app = bot_app(settings)
        if app is None:
            return ""
        if find_spec("microsoft_teams") is None:
            return f"the Teams bot is not installed. Install it: {EXTRA}"
        await app.tokens(SCOPES[app.cloud])
    except (SettingsError, GraphError) as error:
        return f"{error}. Check MAILSTATUS_TEAMS_APP_ID and MAILSTATUS_TEAMS_APP_SECRET"
    return ""


@asynccontextmanager
async def open_teams(settings: Settings, store: Store, clock: Clock) -> AsyncIterator[TeamsApi | None]:
    """Open the bot's way to Teams; raises SettingsError and StoreError."""
    app = bot_app(settings)
    if app is None:
        yield None
        return
    places = Places(store, now=clock.now, own=settings.environment.teams_service_url)
    await places.open()
    api = TeamsApi(app, places)
    try:
        await asyncio.to_thread(api.load)
    except TeamsError as error:
        raise SettingsError([f"MAILSTATUS_TEAMS_APP_ID: {error}"]) from error
    if faults := [f"{name}: {why}; unset it, also in .env" for name, why in FORBIDDEN.items() if os.environ.get(name)]:
        raise SettingsError(faults)
    try:
        yield api
    finally:
        await api.aclose()
