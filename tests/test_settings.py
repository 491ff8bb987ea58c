"""Settings: what is read, and what is said when it cannot be used."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import (
    DestinationTable,
    MailboxTable,
    RouteTable,
    RulesTable,
    Settings,
    SettingsError,
    TenantTable,
    load,
)
from bot.settings.environment import Environment
from bot.settings.toml_files import parsed

ROOT = Path(__file__).parent.parent
BOXES = """
[mailboxes.office]
address = "canary@contoso.com"
smtp = "smtp.office365.com:587"
imap = "outlook.office365.com:993"
password_env = "OFFICE_PASSWORD"

[mailboxes.outside]
address = "canary@example.org"
smtp = "tls://smtp.example.org:465"
imap = "imap.example.org:993"
password_env = "OUTSIDE_PASSWORD"
"""
ROUTES = """
[routes.outbound-eu]
from = "office"
to = "outside"
direction = "outbound"
vantage = "eu"
every = "30s"
"""
DESTINATIONS = """
[destinations.ops]
platform = "slack"
channel = "C0123456789"

[destinations.it]
platform = "teams"
url_env = "TEAMS_IT_URL"
fallback = ["ops"]
"""
ONCALL = """
[mailboxes.alerts]
address = "alerts@alerts.example"
smtp = "smtp.alerts.com:587"
password_env = "OUTSIDE_PASSWORD"

[destinations.oncall]
platform = "email"
address = "ana@alerts.example"
mailbox = "alerts"
"""
SECRETS = "OFFICE_PASSWORD=one\nOUTSIDE_PASSWORD=two\nTEAMS_IT_URL=https://flow.example/x?sig=three\n"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Environment.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)


def read(folder: Path, toml: str = "", dotenv: str = "") -> Settings:
    (folder / "mailstatus.toml").write_text(toml)
    (folder / ".env").write_text(dotenv)
    return load(folder)


def faults(folder: Path, toml: str = "", dotenv: str = "") -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(folder, toml, dotenv)
    return caught.value.lines


def test_nothing_configured_is_no_fault(tmp_path: Path) -> None:
    """An empty folder gives empty settings: the command decides what it needs."""
    settings = load(tmp_path)
    assert settings.installation.routes == {}
    assert settings.store_url.startswith("sqlite:///")


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    """Mailboxes, routes and destinations come out typed, the secrets beside them."""
    settings = read(tmp_path, BOXES + ROUTES + DESTINATIONS, SECRETS)
    route = settings.installation.routes["outbound-eu"]
    assert (route.sender, route.every) == ("office", timedelta(seconds=30))
    assert settings.installation.mailboxes["outside"].smtp is not None
    assert settings.installation.mailboxes["outside"].smtp.security == "tls"
    assert settings.named["OFFICE_PASSWORD"].get_secret_value() == "one"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set beats the same line in .env."""
    monkeypatch.setenv("MAILSTATUS_LISTEN", "127.0.0.1:9000")
    assert read(tmp_path, dotenv="MAILSTATUS_LISTEN=127.0.0.1:8000").environment.listen == "127.0.0.1:9000"


@pytest.mark.parametrize(
    ("toml", "dotenv", "name", "says"),
    [
        pytest.param("", "SLACK_CLIENT_ID=1.2", "SLACK_CLIENT_SECRET", "is missing", id="half a client"),
        pytest.param("", "SLACK_CLIENT_SECRET=x", "SLACK_CLIENT_ID", "is missing", id="the other half"),
        pytest.param(
            "",
            "SLACK_CLIENT_ID=1.2\nSLACK_CLIENT_SECRET=x\nSLACK_BOT_TOKEN=xoxb-1",
            "SLACK_BOT_TOKEN",
            "one of them",
            id="one workspace and several",
        ),
        pytest.param("", "MAILSTATUS_LISTEN=here", "MAILSTATUS_LISTEN", "address and a port", id="no port"),
        pytest.param("", "MAILSTATUS_LISTEN=0.0.0.0:80", "MAILSTATUS_PAGE_TOKEN", "missing", id="open page"),
        pytest.param(
            "", "MAILSTATUS_PROXY_USER_HEADER=X-User", "MAILSTATUS_TRUSTED_PROXIES", "anybody could", id="anybody's header"
        ),
        pytest.param(
            "", "MAILSTATUS_PROXY_USER_HEADER=Host", "MAILSTATUS_PROXY_USER_HEADER", "name a person", id="no person's header"
        ),
        pytest.param("", "MAILSTATUS_TRUSTED_PROXIES=0.0.0.0/0", "MAILSTATUS_TRUSTED_PROXIES", "everybody", id="trusts all"),
        pytest.param("", "MAILSTATUS_TRUSTED_PROXIES=10.0.0.1/8", "MAILSTATUS_TRUSTED_PROXIES", "host bits", id="half a net"),
        pytest.param("", "MAILSTATUS_TRUSTED_PROXIES=nginx", "MAILSTATUS_TRUSTED_PROXIES", "nginx", id="a proxy's name"),
        pytest.param("", "MAILSTATUS_STORE=mysql://x", "MAILSTATUS_STORE", "sqlite:///", id="store"),
        pytest.param("", "MAILSTATUS_CLOUD=mars", "MAILSTATUS_CLOUD", "global", id="cloud"),
        pytest.param("", "MAILSTATUS_GRAPH_URL=http://x", "MAILSTATUS_GRAPH_URL", "https://", id="graph"),
        pytest.param("", "MAILSTATUS_CONFIG=none.toml", "MAILSTATUS_CONFIG", "cannot be read", id="no such file"),
        pytest.param(BOXES, "OUTSIDE_PASSWORD=x", "OFFICE_PASSWORD", "is not set", id="secret not set"),
        pytest.param(BOXES.replace("587", ""), SECRETS, "mailboxes.office.smtp", "is not a server", id="server"),
        pytest.param(BOXES.replace("tls://smtp.e", "plain://smtp.e"), SECRETS, "mailboxes.outside.smtp", "in clear", id="clear"),
        pytest.param(BOXES + ROUTES.replace('"outside"', '"home"'), SECRETS, "routes.outbound-eu.to", "no mailbox 'home'", id="mailbox"),
        pytest.param(BOXES + '[calendars.office]\nmailbox = "home"\n', SECRETS, "calendars.office.mailbox", "no mailbox 'home'", id="calendar"),
        pytest.param(BOXES + '[calendars.office]\nmailbox = "office"\nviewer = "home"\n', SECRETS, "calendars.office.viewer", "no mailbox 'home'", id="viewer"),
        pytest.param(BOXES + '[calendars.office]\nmailbox = "office"\ntenant = "blue"\n', SECRETS, "calendars.office.tenant", "no tenant 'blue'", id="calendar's tenant"),
        pytest.param(BOXES + '[calendars.office]\nmailbox = "office"\nlimit = "5s"\n', SECRETS, "calendars.office.limit", "greater than or equal", id="limit"),
        pytest.param(BOXES + '[calendars.office]\nmailbox = "office"\nevery = "soon"\n', SECRETS, "calendars.office.every", "length of time", id="every"),
        pytest.param('[rules]\npoll_every = "2s"\n', "", "rules.poll_every", "greater than or equal to 5 seconds", id="poll"),
        pytest.param(BOXES + ROUTES.replace("30s", "soon"), SECRETS, "routes.outbound-eu.every", "length of time", id="length"),
        pytest.param(BOXES + ROUTES.replace("vantage", "vantagge"), SECRETS, "routes.outbound-eu.vantagge", "not permitted", id="misspelt"),
        pytest.param(DESTINATIONS.replace("C0123456789", "#ops"), SECRETS, "destinations.ops.channel", "C0123456789", id="channel"),
        pytest.param(DESTINATIONS.replace('"ops"', '"opz"'), SECRETS, "destinations.it.fallback", "no destination 'opz'", id="fallback"),
        pytest.param(DESTINATIONS.replace('["ops"]', '"ops"'), SECRETS, "destinations.it.fallback", 'Example: fallback = ["ops"]', id="one fallback"),
        pytest.param(DESTINATIONS.replace('["ops"]', '["it", "ops"]'), SECRETS, "destinations.it.fallback", 'Example: fallback = ["ops"]', id="its own fallback"),
        pytest.param(DESTINATIONS.replace('["ops"]', '["ops", "ops"]'), SECRETS, "destinations.it.fallback", "goes in a circle", id="a fallback twice"),
        pytest.param(BOXES + ROUTES + ONCALL.replace('"alerts"', '"office"'), SECRETS, "destinations.oncall.mailbox", "is of the mail system that is watched", id="mail by the watched system"),
        pytest.param(BOXES + ROUTES + ONCALL.replace("smtp.alerts", "smtp.office365"), SECRETS, "destinations.oncall.mailbox", "is of the mail system that is watched", id="mail by Microsoft"),
        pytest.param(BOXES + ROUTES + ONCALL.replace("ana@alerts.example", "ana@contoso.com"), SECRETS, "destinations.oncall.address", "where nobody reads it", id="mail into the watched system"),
        pytest.param(BOXES + ROUTES + ONCALL.replace('mailbox = "alerts"', 'mailbox = "none"'), SECRETS, "destinations.oncall.mailbox", "no mailbox 'none'", id="mail by no mailbox"),
        pytest.param(BOXES + ROUTES + ONCALL.replace("smtp =", "imap ="), SECRETS, "mailboxes.alerts.smtp", "destinations.oncall needs it", id="mail without a server"),
        pytest.param(BOXES + ROUTES + ONCALL.replace('mailbox = "alerts"', ""), SECRETS, "destinations.oncall", "address and mailbox", id="mail without a mailbox"),
        pytest.param("[mailboxes", "", "mailstatus.toml", "is not TOML", id="toml"),
    ],
)  # fmt: skip
def test_a_fault_names_the_variable_and_shows_an_example(
    tmp_path: Path, toml: str, dotenv: str, name: str, says: str
) -> None:
    """Each error names the variable, what is wrong and an example."""
    line = next(line for line in faults(tmp_path, toml, dotenv) if name in line)
    assert says in line
    assert "Example:" in line or "misspelt" in line or "not permitted" in line


@pytest.mark.parametrize(
    ("dotenv", "says"),
    [
        pytest.param("SLACK_BOT_TOKEN=\u00fcml\u00e4ut".encode("latin-1"), ".env: is not UTF-8, from byte 16 on", id="latin-1"),
        pytest.param(b"MAILSTATUS_CONFIG=" + b"x" * 5000, "MAILSTATUS_CONFIG: ", id="a name too long"),
        pytest.param(b"MAILSTATUS_CONFIG=a\0b", "MAILSTATUS_CONFIG: ", id="a name with NUL"),
    ],
)  # fmt: skip
def test_a_dotenv_that_no_editor_wrote_is_a_fault_like_another(tmp_path: Path, dotenv: bytes, says: str) -> None:
    """Not a traceback."""
    (tmp_path / ".env").write_bytes(dotenv)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    (line,) = caught.value.lines
    assert line.startswith(says)
    assert "Example: " in line


def test_tables_without_end_are_no_toml(tmp_path: Path) -> None:
    assert "is not TOML" in faults(tmp_path, "a = " + "[" * 40_000)[0]


@pytest.mark.parametrize("part", ["a.", '"a" . ', "'.'."])
def test_a_key_without_end_is_refused_before_it_is_read(tmp_path: Path, part: str) -> None:
    """One of 64 KB would take minutes."""
    assert faults(tmp_path, f"[mailboxes.{part * 32_000}a]") == [
        "mailstatus.toml: a key has more than 64 parts. Example: [mailboxes.office]"
    ]


@pytest.mark.parametrize(
    ("given", "says"), [("4000d", "longer than ten years"), ("5" * 1000 + "s", "not a length of time")]
)
def test_a_time_that_no_calendar_holds_is_refused(tmp_path: Path, given: str, says: str) -> None:
    assert says in faults(tmp_path, f"[rules]\nkeep = '{given}'")[0]


def test_dots_elsewhere_are_no_key() -> None:
    keys = "".join(f"a.b{number} = 1\n" for number in range(100))
    said = parsed("mailstatus.toml", f"# {'...' * 100} {'A sentence. Then another. ' * 100}\n{keys}".encode())
    assert len(said["a"]) == 100


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    """Nobody mends one line only to learn of the next."""
    assert len(faults(tmp_path, BOXES, "MAILSTATUS_CLOUD=mars\nMAILSTATUS_LISTEN=x")) == 4


def test_no_error_shows_a_secret(tmp_path: Path) -> None:
    """A wrong value that may hold a password is never printed back."""
    assert "hunter2" not in "".join(faults(tmp_path, dotenv="MAILSTATUS_STORE=mysql://root:hunter2@db/x"))


def test_the_example_file_names_every_variable() -> None:
    """``.env.example`` and the settings are the same list, explanation and example included."""
    lines = (ROOT / ".env.example").read_text()
    for field in Environment.model_fields.values():
        assert field.examples
        assert f"# {field.alias}={field.examples[0]}\n" in lines
        assert str(field.description) in " ".join(lines.replace("\n#", "").split())
    named = [line for line in lines.splitlines() if line.startswith("# ") and "=" in line and " " not in line[2:]]
    assert len(named) == len(Environment.model_fields)


def test_the_page_about_settings_names_every_key() -> None:
    """``docs/settings.md`` explains each key of mailstatus.toml."""
    page = (ROOT / "docs" / "settings.md").read_text()
    for table in (MailboxTable, RouteTable, DestinationTable, TenantTable, RulesTable):
        for name, field in table.model_fields.items():
            assert f"`{field.alias or name}`" in page, f"{table.__name__}.{name}"


@pytest.mark.parametrize("variable", ["MAILSTATUS_SECRETS_DIR", "CREDENTIALS_DIRECTORY"])
def test_secrets_come_as_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """Ours and those that mailstatus.toml names; the environment and ``.env`` win over them."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name, value in {"SLACK_BOT_TOKEN": "xoxb-file\n", "OFFICE_PASSWORD": " file ", "OUTSIDE_PASSWORD": "x"}.items():
        (folder / name).write_text(value)
    monkeypatch.setenv(variable, str(folder))
    monkeypatch.setenv("OUTSIDE_PASSWORD", "environment")
    (tmp_path / "mailstatus.toml").write_text(BOXES)
    found = load(tmp_path)
    assert found.environment.slack_bot_token is not None
    assert found.environment.slack_bot_token.get_secret_value() == "xoxb-file"
    assert found.named["OFFICE_PASSWORD"].get_secret_value() == "file"
    assert found.named["OUTSIDE_PASSWORD"].get_secret_value() == "environment"


@pytest.mark.parametrize(
    ("content", "says"), [(b"\xff", "is not UTF-8"), (b"x" * 70_000, "too large"), (None, "no folder")]
)
def test_a_file_that_is_no_secret_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, says: str
) -> None:
    """With the variable that leads to it."""
    monkeypatch.setenv("MAILSTATUS_SECRETS_DIR", str(tmp_path / "secrets"))
    if content is not None:
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "SLACK_BOT_TOKEN").write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    (line,) = caught.value.lines
    assert line.startswith("MAILSTATUS_SECRETS_DIR: ")
    assert says in line


def test_on_the_network_the_proxys_identity_does_for_the_token(tmp_path: Path) -> None:
    """One of the two asks who it is."""
    proxy = "MAILSTATUS_PROXY_USER_HEADER=X-User\nMAILSTATUS_TRUSTED_PROXIES=10.0.0.5,fd00:1::/64\n"
    (tmp_path / ".env").write_text("MAILSTATUS_LISTEN=0.0.0.0:80\n" + proxy)
    assert load(tmp_path).environment.page_is_guarded
