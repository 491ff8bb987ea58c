"""Whether a company can be watched and told as its settings are: the same for the bot and for the commands."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from bot.app.clock import SystemClock
from bot.app.eyes import Tooling, open_eyes
from bot.app.probe_key import probe_key
from bot.app.slack import open_installations
from bot.app.tenant_folder import Check
from bot.app.tenants import Tenant
from bot.app.voices import Voices, open_voices
from bot.mail import Seal
from bot.microsoft import open_http
from bot.settings import Settings
from bot.store import Store


def check(tooling: Tooling, voices: Voices, tenant: Tenant) -> None:
    """Raise SettingsError where a company cannot be watched, or nobody told of it."""
    voices.channels(tenant.settings)
    open_eyes(replace(tooling, settings=tenant.settings), tenant.name)


@asynccontextmanager
async def checking(settings: Settings, store: Store) -> AsyncIterator[Check]:
    """Give the check to a command, which speaks with nobody; raises StoreError."""
    clock = SystemClock()
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with AsyncExitStack() as running:
        http = await running.enter_async_context(open_http(settings.environment.ca_file))
        installations = await open_installations(settings, store, clock, workspaces=frozenset)
        voices = await running.enter_async_context(open_voices(settings, clock, installations=installations))
        tooling = Tooling(
            settings=settings, http=http, clock=clock, chance=random.SystemRandom(), seal=Seal(probe_key(settings))
        )
        yield lambda tenant: check(tooling, voices, _spared(tenant))


def _spared(tenant: Tenant) -> Tenant:
    """Leave out the channels of the Teams bot where there is one: only the running bot can open it."""
    if not tenant.settings.environment.teams_app_id:
        return tenant
    installation = tenant.settings.installation
    rest = {name: one for name, one in installation.destinations.items() if one.conversation is None}
    return replace(
        tenant,
        settings=replace(tenant.settings, installation=installation.model_copy(update={"destinations": rest})),
    )
