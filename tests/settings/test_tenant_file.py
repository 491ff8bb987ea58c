"""A company's own file: what it may hold, where its secrets are, and what is the operator's alone."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Environment, Installation, Settings, SettingsError
from bot.settings.tenant_file import read_tenant

WHOLE = """
azure_tenant_id = "8e6f1a0c-1111-2222-3333-444455556666"
language = "de"
page_token_env = "PAGE_TOKEN"
quiet = { from = "22:00", to = "07:00", zone = "Europe/Berlin" }

[mailboxes.office]
address = "canary@acme.example"
via = "graph"
auth = "oauth"

[mailboxes.outside]
address = "canary@example.org"
smtp = "tls://smtp.example.org:465"
imap = "imap.example.org:993"
password_env = "OUTSIDE_PASSWORD"

[routes]
outbound = { from = "office", to = "outside", direction = "outbound" }

[destinations.ops]
platform = "slack"
channel = "C0123456789"
workspace = "T0123456789"

[destinations.it]
platform = "teams"
url_env = "IT_URL"
language = "fr"

[rules]
remind = "12h"
"""
UNCLOSED = "Expected ']' at the end of a table declaration (at end of document)"
SECRETS = "OUTSIDE_PASSWORD=p#1\nIT_URL='https://flow.example.com/x?sig=$y'\nPAGE_TOKEN=t\n"


def operator(**tables: object) -> Settings:
    return Settings(
        environment=Environment.model_validate({"AZURE_CLIENT_SECRET": "the operator's"}),
        installation=Installation.model_validate(tables),
        named={"OUTSIDE_PASSWORD": SecretStr("the operator's")},
        state=Path(),
    )


def filed(folder: Path, text: str = WHOLE, secrets: str = SECRETS, name: str = "acme") -> Path:
    (folder / f"{name}.env").write_text(secrets)
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def refused(path: Path, given: Settings | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_tenant(path, given or operator())
    return caught.value.lines


def test_a_file_holds_all_of_one_company(tmp_path: Path) -> None:
    """Every table is its own without saying so, with the file's language and quiet hours where it names none."""
    own = read_tenant(filed(tmp_path), operator()).settings
    assert {one.tenant for one in own.installation.routes.values()} == {"acme"}
    ops, it = own.installation.destinations["ops"], own.installation.destinations["it"]
    assert (ops.language, it.language, ops.tenant) == ("de", "fr", "acme")
    assert ops.quiet is not None
    assert ops.quiet.zone == "Europe/Berlin"
    assert own.named["OUTSIDE_PASSWORD"].get_secret_value() == "p#1"
    assert own.named["IT_URL"].get_secret_value() == "https://flow.example.com/x?sig=$y"


def test_the_operators_rules_hold_where_the_company_sets_none(tmp_path: Path) -> None:
    """But for the groups that may act, which are of the operator's own workspace."""
    given = operator(rules={"remind": "6h", "blind": "10m", "managers": ["S0123456789"]})
    rules = read_tenant(filed(tmp_path), given).settings.installation.rules
    assert (rules.remind, rules.blind) == (read_tenant(filed(tmp_path), operator()).settings.installation.rules.remind,
                                           given.installation.rules.blind)  # fmt: skip
    assert rules.managers == ()


def test_secrets_may_be_files_in_the_companys_own_folder(tmp_path: Path) -> None:
    """As Kubernetes mounts them: one folder a company."""
    secrets = tmp_path / "secrets"
    (secrets / "acme").mkdir(parents=True)
    for line in SECRETS.splitlines():
        name, _, value = line.partition("=")
        (secrets / "acme" / name).write_text(value.strip("'"))
    path = filed(tmp_path, secrets="")
    given = Settings(
        environment=Environment.model_validate({"MAILSTATUS_SECRETS_DIR": str(secrets)}),
        installation=Installation(),
        named={},
        state=Path(),
    )
    assert read_tenant(path, given).settings.named["PAGE_TOKEN"].get_secret_value() == "t"


def test_a_company_cannot_name_a_secret_of_the_operators(tmp_path: Path) -> None:
    """What is not beside its file is not set, whatever the environment holds."""
    lines = refused(filed(tmp_path, secrets="IT_URL=https://flow.example.com/x?sig=y\nPAGE_TOKEN=t\n"))
    assert lines == [
        "OUTSIDE_PASSWORD: is not set in acme.env, and acme.toml refers to it. Example: OUTSIDE_PASSWORD=app-password"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paused = 1", "acme.toml: paused: is neither true nor false. Example: paused = true"),
        ("[tenants.beta]", "acme.toml: tenants: is the operator's: it stands in mailstatus.toml"),
        ("[rules]\npoll_every = '5s'", "acme.toml: rules.poll_every: is the operator's: it stands in mailstatus.toml"),
        ("[vantages.x]", "acme.toml: vantages: is the operator's: it stands in mailstatus.toml"),
        (
            "[destinations.x]\ntenant = 'beta'",
            "acme.toml: destinations.x.tenant: the file is of one company: take the line out",
        ),
        (
            "[routes]\nx = { vantage = 'tokyo' }",
            "acme.toml: routes.x.vantage: a far vantage is the operator's: it stands in mailstatus.toml, with its routes",
        ),
        ("routes = 3", "acme.toml: routes: Input should be a valid dictionary"),
        ("rules = 3", "acme.toml: rules: Input should be a valid dictionary or instance of RulesTable"),
        ("langauge = 'de'", "acme.toml: langauge: Extra inputs are not permitted"),
        (
            "[routes",
            f"acme.toml: is not TOML: {UNCLOSED}. Example: [mailboxes.office]",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    """And nothing else about it."""
    given = operator(vantages={"tokyo": {"secret_env": "TOKYO"}})
    assert refused(filed(tmp_path, text), given) == [said]


@pytest.mark.parametrize(
    ("quiet", "said"),
    [
        ("from = '25:00', to = '07:00'", 'from: is no time of the day. Example: "22:00"'),
        ("from = '22:00', to = '07:60'", 'to: is no time of the day. Example: "22:00"'),
        *(
            (
                f"from = '22:00', to = '07:00', zone = '{zone}'",
                'zone: is no time zone that this machine knows. Example: "Europe/Berlin"',
            )
            for zone in ("Nowhere/City", "Europe", "../etc/passwd", "")
        ),
    ],
)
def test_quiet_hours_that_no_clock_shows_are_refused(tmp_path: Path, quiet: str, said: str) -> None:
    """Not when somebody is to be told, and not at the cost of other companies."""
    text = f"[destinations.x]\nplatform = 'slack'\nchannel = 'C0123456789'\nquiet = {{ {quiet} }}"
    assert refused(filed(tmp_path, text)) == [f"acme.toml: destinations.x.quiet.{said}"]


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.5",
        "2130706433",
        "0177.0.0.1",
        "127.1",
        "169.254.169.254",
        "localhost",
        "[fd00::1]",
        "intranet",
        "mx.corp.internal",
    ],
)
def test_a_server_in_the_operators_own_network_is_refused(tmp_path: Path, host: str) -> None:
    """A company's file is not to lead the bot where only the operator may go."""
    (line,) = refused(filed(tmp_path, WHOLE.replace("imap.example.org", host)))
    assert line.startswith("acme.toml: mailboxes.outside.imap: ")
    assert "is in the operator's own network" in line


def test_an_address_in_the_operators_own_network_is_refused_without_being_shown(tmp_path: Path) -> None:
    """It is a secret all the same."""
    (line,) = refused(filed(tmp_path, secrets=SECRETS.replace("flow.example.com", "192.168.1.1")))
    assert line.startswith("acme.env: IT_URL: ")
    assert "192.168" not in line


def test_an_address_without_tls_is_refused(tmp_path: Path) -> None:
    """The signature in it would be read on the way."""
    (line,) = refused(filed(tmp_path, secrets=SECRETS.replace("https://", "http://")))
    assert line.startswith("acme.env: IT_URL: does not begin with https://. Example: IT_URL=https://")


@pytest.mark.parametrize("name", ["Acme", "a_b", "-a", "ä", "a" * 64])
def test_a_name_that_is_not_safe_everywhere_is_refused(tmp_path: Path, name: str) -> None:
    """It becomes a path, an address and a key."""
    assert "its name is to be of a-z, 0-9 and -" in refused(filed(tmp_path, name=name))[0]


def test_a_file_that_is_not_there_or_too_large_is_said(tmp_path: Path) -> None:
    """With what to do."""
    assert "cannot be read" in refused(tmp_path / "acme.toml")[0]
    assert "is too large" in refused(filed(tmp_path, "#" * 70_000))[0]
