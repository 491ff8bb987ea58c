"""Where the people of the companies ask: one workspace that all share, in it a channel of each."""

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from bot.app.desks import CompanyDesks
from bot.app.tenants import Tenant
from bot.app.whose import Whose
from bot.settings import Environment, Installation, Settings
from handlers.desks import Desks
from handlers.saving import Saving

if TYPE_CHECKING:
    from tests.security.town import Firm, Town

SHARED = "T0000000009"
SERVERS = {"smtp": "mail:587", "imap": "mail:993", "password_env": "BOX"}


def channel(firm: "Firm") -> str:
    """Name a company's channel as Slack does."""
    return "C" + "".join(filter(str.isalnum, firm.name.upper()))


def tenant(firm: "Firm") -> Tenant:
    """Give a company as its file says it: a route, and the channel that is told."""
    boxes = {name: {"address": f"{name}@{firm.name}.example", **SERVERS} for name in ("office", "outside")}
    route = {"from": "office", "to": "outside", "direction": "outbound", "vantage": "here"}
    ops = {"platform": "slack", "channel": channel(firm), "workspace": SHARED, "tenant": firm.name}
    tables = {
        "tenants": {firm.name: {}},
        "mailboxes": boxes,
        "routes": {firm.route: {**route, "tenant": firm.name}},
        "destinations": {"ops": ops},
    }
    installation = Installation.model_validate(tables)
    environment = Environment.model_validate({})
    return Tenant(
        name=firm.name, settings=Settings(environment=environment, installation=installation, named={}, state=Path())
    )


def desks(town: "Town") -> Desks:
    """Give the desks of Slack's people, found by the directory as the ways in find them."""
    bot: Any = SimpleNamespace(
        pipeline=town.pipeline,
        tenants=town.tenants,
        subscribers=town.subscribers,
        clock=town.clock,
        installations=None,
    )
    whose = Whose.of(town.tenants, several=True)
    return CompanyDesks(bot=bot, whose=whose, saving=Saving(), slack=None).of("slack")
