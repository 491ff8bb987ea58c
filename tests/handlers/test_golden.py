"""One evening as Slack and as Teams show it: both say the same.

After a change that is meant: ``python -m tests.handlers.test_golden`` writes the files anew, to be looked at.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.types import Kind, Landed, Message, Moment, Reason, Severity
from handlers.email.render import mail
from handlers.slack import render as slack
from handlers.teams import render as teams
from tests.handlers.examples import NOW, delivery, message

FOLDER = Path(__file__).parent / "golden"


def evening() -> list[tuple[Kind, Message]]:
    """Tell how sending failed, Microsoft confirmed it, and it was over."""
    confirmed = message(
        reason=Reason.VENDOR_CONFIRMS,
        headline=("Microsoft confirms it (EX649175). Sending mail fails.",),
        vendor=("Microsoft promises its next word on EX649175 for ", Moment(at=NOW, with_date=True), "."),
    )
    over = message(
        reason=Reason.RESOLVED,
        severity=Severity.GOOD,
        headline=("It is over: mail flows normally again.",),
        advice=("Resend what was refused or came back: it does not go out by itself.",),
        facts=(("It lasted 9 minutes.",),),
        vendor=("Microsoft has not closed EX649175 yet.",),
    )
    return [(Kind.HEAD, message()), (Kind.REPLY, confirmed), (Kind.EDIT, confirmed), (Kind.REPLY, over)]


def in_slack() -> list[object]:
    """Dress the evening for Slack."""
    return [{"kind": kind, "text": slack.text(said), "blocks": slack.blocks(said, kind)} for kind, said in evening()]


def in_teams() -> list[object]:
    """Dress the evening for Teams, which edits nothing."""
    return [
        {"kind": kind, "card": teams.card(delivery(kind, said=said))}
        for kind, said in evening()
        if kind is not Kind.EDIT
    ]


def in_email() -> list[object]:
    """Dress the evening as mails, which nobody can edit."""
    return [
        {
            "kind": kind,
            "headers": {name: str(value) for name, value in letter.items() if not name.startswith("Content")},
            "text": bodies[0].get_content().splitlines(),
            "html": bodies[1].get_content().splitlines(),
        }
        for kind, said in evening()
        if kind is not Kind.EDIT
        for head in [
            None if kind is Kind.HEAD else Landed(channel="oncall@example.org", id="<key-of-head@bot.example>")
        ]
        for letter in [
            mail(delivery(kind, said=said, head=head), sender="alerts@bot.example", to="oncall@example.org", at=NOW)
        ]
        for bodies in [list(letter.iter_parts())]
    ]


SHOWN: dict[str, Callable[[], list[object]]] = {"slack": in_slack, "teams": in_teams, "email": in_email}


@pytest.mark.parametrize("platform", list(SHOWN))
def test_the_evening_looks_as_it_was_looked_at(platform: str) -> None:
    """Compared as JSON."""
    golden = json.loads((FOLDER / f"{platform}.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(SHOWN[platform]())) == golden


@pytest.mark.parametrize(("kind", "said"), evening())
def test_both_platforms_say_the_same_words(kind: Kind, said: Message) -> None:
    """Every part of a message is on both."""
    on_slack, on_teams = str(slack.blocks(said, kind)), str(teams.card(delivery(kind, said=said)))
    for part in (said.headline, said.advice, *said.facts, said.vendor):
        for words in (one.strip(" .()") for one in part if isinstance(one, str)):
            assert words in on_slack
            assert words.replace("(", r"\(").replace(")", r"\)") in on_teams.replace("\\\\", "\\")


if __name__ == "__main__":
    for name, show in SHOWN.items():
        written = json.dumps(show(), indent=1, ensure_ascii=False) + "\n"
        (FOLDER / f"{name}.json").write_text(written, encoding="utf-8")
