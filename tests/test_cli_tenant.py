"""The commands about companies, as somebody types them."""

import json
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from bot.cli import app

COLUMNS = "name,azure_tenant_id,language,slack_channel,teams_url,page_token,paused"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command in a folder with the operator's settings."""
    (tmp_path / ".env").write_text(
        "MAILSTATUS_TENANTS=tenants\nSLACK_BOT_TOKEN=xoxb-1\nAZURE_CLIENT_ID=app\nAZURE_CLIENT_SECRET=operator-secret\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def run(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, [*words], input=typed)

    yield run
    structlog.reset_defaults()  # the commands log to a standard error that is closed now


def table(*rows: str) -> str:
    Path("companies.csv").write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
    return "companies.csv"


def names(run: Run, *words: str) -> list[str]:
    said = run("tenant", "list", "--json", *words)
    assert said.exit_code == 0, said.output
    lines = said.stdout.splitlines()
    return [json.loads(line)["name"] for line in lines]


def test_a_company_is_added_with_its_secrets_apart(run: Run) -> None:
    """Only its owner may read them, and no line shows one but the token that was asked for."""
    url = "https://flow.example.com/x?sig=1"
    said = run(
        "tenant",
        "add",
        "acme",
        "--azure-tenant-id",
        "A",
        "--slack",
        "C0123456789",
        "--teams",
        "--page",
        typed=f"{url}\n",
    )
    assert said.exit_code == 0, said.output
    assert url not in said.output
    token = said.stdout.split()[-1]
    secrets = Path("tenants/acme.env")
    assert token in secrets.read_text()
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert token not in Path("tenants/acme.toml").read_text()
    assert names(run) == ["acme"]
    again = run("tenant", "add", "acme", "--azure-tenant-id", "B")
    assert (again.exit_code, "is there already" in again.output) == (2, True)


def test_what_cannot_work_is_not_added(run: Run) -> None:
    """As the bot would say it, and no file is left behind."""
    said = run("tenant", "add", "acme", "--azure-tenant-id", "A", "--slack", "nowhere")
    assert said.exit_code == 2
    assert "destinations.slack.channel" in said.output
    assert list(Path("tenants").iterdir()) == []


def test_pausing_changes_one_line(run: Run) -> None:
    """What somebody wrote by hand stays as it is."""
    run("tenant", "list")
    text = '# ours\nazure_tenant_id = "A"\n\n[rules]\nremind = "1h"  # often\n'
    Path("tenants/acme.toml").write_text(text)
    assert run("tenant", "pause", "acme").stdout == "acme is paused.\n"
    assert Path("tenants/acme.toml").read_text() == f"paused = true\n{text}"
    assert run("tenant", "pause", "acme").stdout == "acme was paused already.\n"
    assert names(run, "--state", "paused") == ["acme"]
    assert run("tenant", "resume", "acme").stdout == "acme is watched again.\n"
    assert Path("tenants/acme.toml").read_text() == text


def test_a_misspelt_name_is_answered_with_the_one_that_is_meant(run: Run) -> None:
    """Among thousands nobody looks for it."""
    run("tenant", "import", table("contoso,A,,,,,", "fabrikam,B,,,,,"))
    said = run("tenant", "show", "contso")
    assert (said.exit_code, said.output) == (2, "There is no company 'contso'. Did you mean contoso?\n")


def test_removing_asks_first_and_deletes_both_files(run: Run) -> None:
    """The secrets too."""
    run("tenant", "import", table("acme,A,,,,the-token,"))
    assert run("tenant", "remove", "acme", typed="n\n").exit_code == 1
    assert names(run) == ["acme"]
    assert run("tenant", "remove", "acme", "--yes").exit_code == 0
    assert list(Path("tenants").iterdir()) == []


def test_a_table_is_imported_and_once_more_changes_nothing(run: Run) -> None:
    """New, changed and unchanged lines are counted; a pause stays where the table does not say otherwise."""
    rows = ["acme,A,de,C0123456789,,,", "beta,B,,,https://flow.example.com/x?sig=$1,tok'en,yes"]
    assert run("tenant", "import", table(*rows), "--dry-run").stdout == "would be: 2 added, 0 changed, 0 as they were\n"
    assert list(Path("tenants").iterdir()) == []
    assert run("tenant", "import", table(*rows)).stdout.splitlines()[-1] == "2 added, 0 changed, 0 as they were"
    assert names(run, "--state", "paused") == ["beta"]
    run("tenant", "pause", "acme")
    stamps = {path: path.stat().st_mtime_ns for path in Path("tenants").iterdir()}
    assert run("tenant", "import", table(*rows)).stdout.splitlines()[-1] == "0 added, 0 changed, 2 as they were"
    assert {path: path.stat().st_mtime_ns for path in Path("tenants").iterdir()} == stamps
    changed = [rows[0].replace(",de,", ",fr,"), rows[1]]
    assert run("tenant", "import", table(*changed)).stdout.splitlines()[-1] == "0 added, 1 changed, 1 as they were"
    assert run("tenant", "check").stdout == "Nothing is wrong.\n"


def test_whoever_changes_companies_here_is_noted_before_it_is_done(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the account, and the name of who called sudo for it; in the log of the company, and of no other."""
    monkeypatch.setenv("SUDO_USER", "ana")
    run("tenant", "import", table("acme,A,,,,,", "beta,B,,,,,"))
    for words in (["pause", "acme"], ["resume", "acme"], ["remove", "acme", "--yes"]):
        run("tenant", *words)
    assert run("tenant", "add", "acme", "--azure-tenant-id", "A").exit_code == 0
    lines = [json.loads(line) for line in run("audit", "--tenant", "acme").stdout.splitlines()]
    assert [line["what"].removeprefix("tenant ") for line in lines] == ["import", "pause", "resume", "remove", "add"]
    assert {line["who"] for line in lines} == {"ana"}
    assert {line["about"]["person"] for line in lines} == {f"@machine/{socket.gethostname()}/{os.getuid()}"}
    assert len(run("audit", "--tenant", "beta").stdout.splitlines()) == 1


def test_every_faulty_line_is_named_and_nothing_is_done(run: Run) -> None:
    """With its number and the reason."""
    run("tenant", "list")
    Path("tenants/hand.toml").write_text('azure_tenant_id = "H"\n')
    said = run(
        "tenant",
        "import",
        table(
            "good,A,,,,,",
            "Bad Name,A,,,,,",
            "tongue,A,xx,,,,",
            "channel,A,,nowhere,,,",
            "maybe,A,,,,,perhaps",
            "good,B,,,,,",
            "hand,A,,,,,",
            "one,A,,,,same,",
            "two,A,,,,same,",
            "long,A,,,,,,,",
            "inside,A,,,https://10.0.0.1/x?sig=1,,",
            "../../etc,A,,,,,",
        ),
    )
    assert said.exit_code == 1
    lines = said.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"line {n}" for n in (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)]
    assert "stands in line 2 already" in said.stdout
    assert "was written by hand" in said.stdout
    assert "line 9: page_token_env: its token is that of two too" in said.stdout
    assert "line 10: page_token_env: its token is that of one too" in said.stdout
    assert [path.name for path in Path("tenants").iterdir()] == ["hand.toml"]


@pytest.fixture
def taken(run: Run) -> Run:
    """Give the commands of somebody who has a company in mailstatus.toml, one in the folder, and a token of their own."""
    with Path(".env").open("a") as file:
        file.write("MAILSTATUS_PAGE_TOKEN=operators\nLISTED_TOKEN=listed\n")
    Path("mailstatus.toml").write_text('[tenants.listed]\npage_token_env = "LISTED_TOKEN"\n')
    assert run("tenant", "import", table("known,A,,C0123456789,,known,")).exit_code == 0
    return run


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("new,B,,,,known,", "line 2: page_token_env: its token is that of known too"),
        ("new,B,,,,listed,", "line 2: page_token_env: its token is that of listed too"),
        ("new,B,,,,operators,", "line 2: page_token_env: its token is that of the operator too"),
        ("new,B,,C0123456789,,,", "line 2: destinations.slack: its channel is that of known too"),
        ("listed,B,,,,,", "line 2: listed is in mailstatus.toml"),
    ],
)
def test_a_line_that_takes_what_somebody_has_changes_nothing(taken: Run, row: str, said: str) -> None:
    """In the folder, in mailstatus.toml, or the operator."""
    before = sorted(Path("tenants").iterdir())
    answer = taken("tenant", "import", table(row))
    assert (answer.exit_code, answer.stdout.startswith(said)) == (1, True), answer.output
    assert sorted(Path("tenants").iterdir()) == before


def test_two_lines_may_change_places(taken: Run) -> None:
    """What counts is how it would be afterwards."""
    taken("tenant", "import", table("other,B,,,,other,"))
    said = taken("tenant", "import", table("known,A,,,,other,", "other,B,,C0123456789,,known,"))
    assert said.stdout.splitlines()[-1] == "0 added, 2 changed, 0 as they were"
    assert taken("tenant", "check").stdout == "Nothing is wrong.\n"


def test_what_is_wrong_between_others_holds_no_table_up(taken: Run) -> None:
    """It was before, and is said by the check, of both."""
    for name in ("one", "two"):
        Path(f"tenants/{name}.toml").write_text('page_token_env = "T"\n')
        Path(f"tenants/{name}.env").write_text("T=same\n")
    assert taken("tenant", "import", table("new,B,,,,,")).exit_code == 0
    said = taken("tenant", "check").stdout
    assert "one.toml: page_token_env: its token is that of two too" in said
    assert "two.toml: page_token_env: its token is that of one too" in said
    assert names(taken, "--state", "faulty") == ["one", "two"]


def test_a_company_is_not_added_with_what_another_has(taken: Run) -> None:
    """Nothing of it is left behind."""
    said = taken("tenant", "add", "new", "--azure-tenant-id", "B", "--slack", "C0123456789")
    assert (said.exit_code, "its channel is that of known too" in said.output) == (2, True)
    assert not Path("tenants/new.toml").exists()


def test_one_directory_of_two_companies_is_a_warning(taken: Run) -> None:
    """One company may be two on purpose; and a mistyped id has one read what is the other's."""
    word = "azure_tenant_id: a is that of known too"
    planned = taken("tenant", "import", table("new,A,,,,,"), "--dry-run")
    assert (planned.exit_code, f"warning: line 2: {word}" in planned.stderr) == (0, True)
    added = taken("tenant", "add", "new", "--azure-tenant-id", "A")
    assert (added.exit_code, f"warning: {word}" in added.stderr) == (0, True)
    said = taken("tenant", "check")
    assert (said.exit_code, said.stdout) == (0, "Nothing is wrong.\n")
    assert f"warning: new.toml: {word}" in said.stderr
    assert "warning: known.toml: azure_tenant_id: a is that of new too" in said.stderr
    assert "known.toml" not in taken("tenant", "check", "new").stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"azure_tenant_id\nA\n", "has no column name in its first line"),
        (b"name,secret\nacme,x\n", "has a column 'secret' that is not known"),
        (b"name\n\xff\n", "is not UTF-8, from byte 5 on"),
        (b"", "has no column name in its first line"),
    ],
)
def test_what_is_no_such_table_is_refused(run: Run, content: bytes, said: str) -> None:
    """With what it should be."""
    Path("companies.csv").write_bytes(content)
    answer = run("tenant", "import", "companies.csv")
    assert (answer.exit_code, said in answer.output) == (2, True), answer.output


def test_a_table_as_excel_writes_it_is_read(run: Run) -> None:
    """With a mark of its bytes' order, semicolons, and quotes around what holds one."""
    Path("companies.csv").write_bytes('\ufeffName;azure_tenant_id\r\nacme;"A;1"\r\n\r\n'.encode())
    assert run("tenant", "import", "companies.csv").exit_code == 0
    assert 'azure_tenant_id = "A;1"' in Path("tenants/acme.toml").read_text()


def test_a_faulty_file_is_listed_as_such(run: Run) -> None:
    """And said what is wrong with it."""
    run("tenant", "import", table("acme,A,,,,,"))
    Path("tenants/broken.toml").write_text("language = 'xx'\n")
    assert names(run, "--state", "faulty") == ["broken"]
    assert names(run, "a*") == ["acme"]
    assert "broken.toml: " in run("tenant", "show", "broken").stdout
    said = run("tenant", "check")
    assert (said.exit_code, "language" in said.stdout) == (1, True)
    assert run("tenant", "check", "acme").exit_code == 0


def test_without_a_folder_the_variable_is_named(run: Run) -> None:
    """With an example."""
    Path(".env").write_text("")
    said = run("tenant", "list")
    assert (said.exit_code, "MAILSTATUS_TENANTS: is not set" in said.output) == (2, True)


def test_the_overview_of_nobody_is_empty(run: Run) -> None:
    """And says so."""
    said = run("overview")
    assert said.exit_code == 0
    assert "0 of 0 companies have something open." in said.output
