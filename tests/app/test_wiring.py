"""Settings become the nouns."""

from datetime import time, timedelta
from pathlib import Path

from bot.app import wiring
from bot.settings import Environment, Installation, Settings
from bot.settings.installation import RulesTable
from bot.types import Direction, Only, Rules, Severity

TABLES = {
    "mailboxes": {
        "office": {"address": "a@contoso.com", "smtp": "mail:587", "imap": "mail:993", "password_env": "OFFICE"},
        "outside": {"address": "a@example.org", "smtp": "mail:587", "imap": "mail:993", "password_env": "OUTSIDE"},
    },
    "routes": {
        "out": {"from": "office", "to": "outside", "direction": "outbound", "vantage": "eu", "every": "30s"},
        "own": {"from": "outside", "to": "outside", "direction": "control", "vantage": "eu"},
        "other": {"from": "outside", "to": "office", "direction": "inbound", "tenant": "fabrikam"},
    },
    "tenants": {"fabrikam": {"language": "de"}},
    "destinations": {
        "ops": {
            "platform": "slack",
            "channel": "C0123456789",
            "severities": ["severe"],
            "directions": ["inbound"],
            "only": "measured",
            "quiet": {"from": "22:00", "to": "07:30", "zone": "Europe/Berlin"},
            "next": ["boss", "boss"],
        },
        "boss": {"platform": "slack", "channel": "C0123456780", "standby": True},
    },
    "rules": {
        "remind": "12h",
        "windows": [{"from": "2026-12-01T20:00:00Z", "to": "2026-12-01T23:00:00Z", "note": "move"}],
    },
}


def settings(tables: dict[str, object]) -> Settings:
    return Settings(
        environment=Environment.model_validate({}),
        installation=Installation.model_validate(tables),
        named={},
        state=Path("state"),
    )


def test_each_route_belongs_to_its_tenant() -> None:
    """A tenant has its own routes; a control route is marked and is no direction of mail."""
    given = settings(TABLES)
    assert wiring.tenants(given) == ["default", "fabrikam"]
    out, own = wiring.routes(given, "default")
    assert (out.name, out.interval, out.control) == ("out", timedelta(seconds=30), False)
    assert own.control
    assert [route.direction for route in wiring.routes(given, "fabrikam")] == [Direction.INBOUND]
    assert wiring.language(given, "fabrikam") == "de"


def test_without_a_tenant_there_is_the_default_one() -> None:
    """One company needs no table of tenants."""
    assert wiring.tenants(settings({})) == ["default"]


def test_a_destination_says_what_it_wants() -> None:
    """Severity, direction, quiet hours and who is next come through; silence on severity means all."""
    ops, boss = wiring.destinations(settings(TABLES))
    assert ops.severities == {Severity.SEVERE}
    assert ops.directions == {Direction.INBOUND}
    assert ops.only is Only.MEASURED
    assert ops.quiet is not None
    assert (ops.quiet.start, ops.quiet.end, ops.quiet.zone) == (time(22), time(7, 30), "Europe/Berlin")
    assert boss.severities == frozenset(Severity)
    assert boss.standby


def test_rules_that_are_not_set_keep_their_defaults() -> None:
    """The file changes what it names; as many escalations follow as the longest list of next ones."""
    rules = wiring.rules(settings(TABLES))
    assert rules.remind == timedelta(hours=12)
    assert rules.overdue == Rules().overdue
    assert rules.escalations == 2
    assert rules.windows[0].note == "move"


def test_every_length_among_the_rules_is_a_setting() -> None:
    """No rule is out of an operator's reach."""
    lengths = {name for name, field in Rules.__dataclass_fields__.items() if isinstance(field.default, timedelta)}
    assert lengths <= set(RulesTable.model_fields)
