"""The command line: what is printed where, and the exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import Environment

ISSUE = {
    "id": "EX1",
    "title": "Users can't send email messages",
    "service": "Exchange Online",
    "status": "serviceDegradation",
    "isResolved": False,
    "impactDescription": "Users can't send email messages.",
    "posts": [],
}
HEAD = {
    "type": "trace",
    "interval_s": 60,
    "deadline_s": 3600,
    "routes": [{"route": "outbound-eu", "direction": "outbound", "vantage": "eu", "control": False}],
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for field in Environment.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def refusals() -> str:
    lines = [HEAD]
    for minute in range(30):
        at = {"route": "outbound-eu", "probe": f"p{minute}"}
        lines.append({"t": minute * 60.0, **at, "event": "sent"})
        lines.append(
            {"t": minute * 60.0 + 0.2, **at, "event": "refused", "reply": "503 5.5.1 Bad sequence of commands"}
        )
    return "".join(json.dumps(line) + "\n" for line in lines)


def test_running_with_nothing_configured_says_what_is_missing() -> None:
    """With examples to paste, and the way to the demo; exit code 2."""
    done = CliRunner().invoke(app, ["run"])
    assert done.exit_code == 2
    for wanted in ("AZURE_TENANT_ID=", "[destinations.ops]", "mailstatus demo"):
        assert wanted in done.stderr


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """On standard error, with exit code 2."""
    monkeypatch.setenv("MAILSTATUS_LISTEN", "everywhere")
    done = CliRunner().invoke(app, ["look"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "MAILSTATUS_LISTEN" in done.stderr


def test_explain_prints_json_lines_and_reads_standard_input() -> None:
    """One object an advisory, nothing else on standard output."""
    done = CliRunner().invoke(app, ["explain", "--json", "-"], input=json.dumps(ISSUE))
    (line,) = done.stdout.splitlines()
    assert (json.loads(line)["id"], json.loads(line)["symptom"]) == ("EX1", "send_fails")


def test_a_broken_line_is_named_and_the_others_are_read() -> None:
    """Nothing is lost for one bad line."""
    done = CliRunner().invoke(app, ["explain", "--json", "-"], input=json.dumps(ISSUE) + "\nnot JSON\n")
    assert done.exit_code == 2
    assert len(done.stdout.splitlines()) == 1
    assert "line 2" in done.stderr


def test_a_file_that_is_not_there_is_said() -> None:
    """Not shown as a traceback."""
    done = CliRunner().invoke(app, ["replay", "nowhere.jsonl"])
    assert done.exit_code == 2
    assert "nowhere.jsonl" in done.stderr


def test_replay_and_backtest_print_a_recorded_evening(tmp_path: Path) -> None:
    """The same evening, as people would have read it and as the detector saw it."""
    path = tmp_path / "evening.jsonl"
    path.write_text(refusals())
    told = [json.loads(line) for line in CliRunner().invoke(app, ["replay", "--json", str(path)]).stdout.splitlines()]
    assert [(line["reason"], line["incident"]) for line in told] == [("opened", "1")]
    assert "refused" in told[0]["text"]
    seen = [json.loads(line) for line in CliRunner().invoke(app, ["backtest", "--json", str(path)]).stdout.splitlines()]
    assert (seen[0]["event"], seen[0]["symptom"]) == ("opened", "send_fails")
    assert "send_fails" in CliRunner().invoke(app, ["backtest", str(path)]).stdout


def test_a_broken_recording_names_its_line(tmp_path: Path) -> None:
    """Exit code 2, and the number."""
    path = tmp_path / "evening.jsonl"
    path.write_text(refusals() + "{\n")
    done = CliRunner().invoke(app, ["replay", str(path)])
    assert done.exit_code == 2
    assert "line 62" in done.stderr


def test_an_empty_store_is_an_empty_recording() -> None:
    """The header alone, which replay reads again."""
    assert CliRunner().invoke(app, ["db", "upgrade"]).exit_code == 0
    done = CliRunner().invoke(app, ["record"])
    assert [json.loads(line)["type"] for line in done.stdout.splitlines()] == ["trace"]
    assert CliRunner().invoke(app, ["replay", "--json", "-"], input=done.stdout).exit_code == 0


def test_a_length_of_time_that_is_none_is_said() -> None:
    """``--for`` wants 60s or 5m."""
    done = CliRunner().invoke(app, ["demo", "--for", "soon"])
    assert done.exit_code == 2
    assert "--for" in done.stderr
