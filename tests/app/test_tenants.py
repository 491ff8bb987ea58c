"""The directory of companies: who came, who changed, who went, and what each may know."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.tenants import Moved, Tenant, Tenants, company, in_one_file
from bot.settings import Environment, Installation, Settings
from bot.store import StoreError

TABLES: dict[str, object] = {
    "mailboxes": {
        "office": {"address": "a@acme.example", "smtp": "a.example:465", "imap": "a.example:993", "password_env": "A"},
        "beta": {"address": "b@beta.example", "smtp": "b.example:465", "imap": "b.example:993", "password_env": "B"},
        "outside": {"address": "o@o.example", "smtp": "o.example:465", "imap": "o.example:993", "password_env": "O"},
    },
    "routes": {
        "out-acme": {"from": "office", "to": "outside", "direction": "outbound", "tenant": "acme"},
        "out-beta": {"from": "beta", "to": "outside", "direction": "outbound", "tenant": "beta"},
    },
    "destinations": {
        "acme-ops": {"platform": "slack", "channel": "C0000000001", "tenant": "acme"},
        "beta-ops": {"platform": "teams", "url_env": "BETA_URL", "tenant": "beta"},
    },
    "tenants": {"acme": {"azure_tenant_id": "acme-id", "language": "de"}, "beta": {"azure_tenant_id": "beta-id"}},
}
SECRETS = {name: SecretStr(f"{name}-secret") for name in ("A", "B", "O", "BETA_URL")}


def settings(tables: dict[str, object] = TABLES) -> Settings:
    return Settings(
        environment=Environment.model_validate({}),
        installation=Installation.model_validate(tables),
        named=SECRETS,
        state=Path(),
    )


def tenant(name: str, *, paused: bool = False, tables: dict[str, object] | None = None) -> Tenant:
    return Tenant(name=name, settings=settings(tables or {}), paused=paused)


def test_each_company_of_one_file_knows_its_own_tables_and_secrets_alone() -> None:
    """No route, mailbox, channel, credential or secret of another one is in a company's view."""
    acme, beta = in_one_file(settings())
    assert set(acme.settings.installation.mailboxes) == {"office", "outside"}
    assert set(acme.settings.named) == {"A", "O"}
    assert set(beta.settings.named) == {"B", "O", "BETA_URL"}
    assert "beta" not in repr(acme)
    assert "acme" not in repr(beta)


def test_a_company_is_what_its_view_says() -> None:
    """Routes, language and channels are read from the view."""
    acme = company(in_one_file(settings())[0])
    assert [route.name for route in acme.routes] == ["out-acme"]
    assert (acme.language, [one.name for one in acme.destinations]) == ("de", ["acme-ops"])


def test_a_single_company_without_tables_is_one_tenant() -> None:
    """Who has one company never hears of tenants."""
    assert [one.name for one in in_one_file(settings({}))] == ["default"]


async def test_listeners_are_told_who_came_changed_and_went() -> None:
    """Each once, with the value of now, and with that of before for those who went."""
    moves: list[Moved] = []

    async def listener(moved: Moved) -> None:
        moves.append(moved)

    tenants = Tenants([tenant("a"), tenant("b"), tenant("c")])
    tenants.listen(listener)
    changed = tenant("b", tables={"rules": {"remind": "1h"}})
    await tenants.become([tenant("a"), changed, tenant("d")])
    await tenants.become([tenant("a"), changed, tenant("d")])
    assert moves == [Moved(removed=(tenant("c"),)), Moved(added=(tenant("d"),), changed=(changed,))]
    assert list(tenants.names()) == ["a", "b", "d"]


async def test_whoever_is_paused_is_known_and_not_watched() -> None:
    """Pausing is told as going, and going on as coming."""
    moves: list[Moved] = []

    async def listener(moved: Moved) -> None:
        moves.append(moved)

    tenants = Tenants([tenant("a")])
    tenants.listen(listener)
    await tenants.become([tenant("a", paused=True)])
    assert (list(tenants.names()), tenants.view("a").paused) == ([], True)
    await tenants.become([tenant("a")])
    assert moves == [Moved(removed=(tenant("a"),)), Moved(added=(tenant("a"),))]


async def test_a_move_that_could_not_be_followed_is_told_again() -> None:
    """A store that is away for a while makes nobody forgotten."""
    moves: list[Moved] = []
    broken = [True]

    async def listener(moved: Moved) -> None:
        moves.append(moved)
        if broken.pop() if broken else False:
            raise StoreError("store: gone")

    tenants = Tenants()
    tenants.listen(listener)
    with pytest.raises(StoreError):
        await tenants.become([tenant("a")])
    assert list(tenants.names()) == []
    await tenants.become([tenant("a")])
    assert (moves, list(tenants.names())) == ([Moved(added=(tenant("a"),))] * 2, ["a"])
