"""Whatever Slack is shown, held against what others say of it: slack_sdk's models, Slack's own types, its limits."""

import asyncio
import json
import subprocess
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.types import Kind, Message
from bot.words import LANGUAGES
from handlers.slack import render
from tests import kits
from tests.handlers.slack.limits import HOME_BLOCKS, NOTICE, faults
from tests.handlers.slack.shown import Blocks, answered, made, messages, stories, told

MADE = 80
LIVE = ("<!channel", "<!here", "<!everyone", "<@", "<#", "<http", "<mailto")


WRONG = [
    [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "colour": "red"}],
    [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    [{"type": "button", "text": {"type": "plain_text", "text": "x"}}],
    [{"type": "actions"}],
]


@pytest.fixture(scope="module")
def every() -> list[Blocks]:
    """Give all of it, each once."""
    found = [*told(), *asyncio.run(answered()), *made(MADE)]
    return list({json.dumps(blocks): blocks for blocks in found}.values())


def typed(every: Iterable[object], kind: str) -> str:
    """Declare values as Slack's own type."""
    types = (kits.MODULES / "@slack" / "types" / "dist" / "index").as_posix()
    lines = [f"const v{number}: {kind} = {json.dumps(one)};" for number, one in enumerate(every)]
    return "\n".join([f'import type {{ KnownBlock, HomeView }} from "{types}";', *lines, "export {};"])


@pytest.fixture(scope="module")
def said(every: list[Blocks], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give what TypeScript says of all that is shown, and of what is wrong: it is started once, as that takes seconds."""
    folder = tmp_path_factory.mktemp("types")
    (folder / "shown.ts").write_text(typed(every, "KnownBlock[]"), encoding="utf-8")
    (folder / "wrong.ts").write_text(typed(WRONG, "KnownBlock[]"), encoding="utf-8")
    tsc = kits.MODULES / "typescript" / "bin" / "tsc"
    with pytest.raises(subprocess.CalledProcessError) as ended:
        kits.node(tsc, "--noEmit", "--strict", "--skipLibCheck", folder / "shown.ts", folder / "wrong.ts")
    return str(ended.value.output)


def test_slacks_own_types_know_every_block_and_every_field_of_it(said: str) -> None:
    """One unknown field, and Slack refuses the whole message."""
    assert [line for line in said.splitlines() if "shown.ts" in line] == []


def test_the_types_would_notice(said: str) -> None:
    """An unknown field, a wrong text, a missing one."""
    assert [f"wrong.ts({number + 2}," in said for number in range(len(WRONG))] == [True] * len(WRONG)


def test_slack_sdk_reads_every_block_and_writes_it_the_same(every: list[Blocks]) -> None:
    """Nothing is lost on the way there and back."""
    for blocks in every:
        for block in blocks:
            parsed = Block.parse(dict(block))
            assert parsed is not None
            parsed.validate_json()
            assert parsed.to_dict() == block


def test_every_message_is_within_slacks_limits(every: list[Blocks]) -> None:
    """Counted by somebody who does not know how it was made."""
    assert [found for blocks in every if (found := faults(blocks, most=HOME_BLOCKS))] == []


@given(messages(), st.sampled_from(Kind))
def test_any_words_make_a_message_that_slack_takes(said: Message, kind: Kind) -> None:
    """Advisories and mail servers say what they like."""
    dressed = render.blocks(said, kind, mention=["S0123"], note=said.vendor)
    assert faults(dressed) == []
    assert 0 < len(render.text(said)) <= NOTICE
    calls = str(dressed).count("<!subteam^S0123>")
    assert calls == (1 if kind is not Kind.REPLY and said.severity == "severe" else 0)
    shown = json.dumps(dressed, ensure_ascii=False) + render.text(said)
    assert not [live for live in LIVE if live in shown]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_story_is_told_whole_in_its_notice(language: str) -> None:
    """A screen reader reads nothing else: no part is cut from what really happened."""
    for said in stories(language):
        notice = render.text(said)
        assert len(notice) <= NOTICE
        assert not notice.endswith("…")


def test_the_limits_would_notice() -> None:
    """Too long, too many, empty, twice."""
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x" * 76}}
    field = {"type": "mrkdwn", "text": "x" * 2001}
    wrong: dict[int, dict[str, object]] = {
        2: {"type": "header", "text": {"type": "mrkdwn", "text": "x" * 151}},
        1: {"type": "section", "text": {"type": "mrkdwn", "text": ""}},
        13: {"type": "section", "fields": [field] * 11},
        3: {"type": "actions", "elements": [button, button]},
    }
    assert [len(faults([block])) for block in wrong.values()] == [*wrong]
    assert len(faults([])) == len(faults([{"type": "divider"}] * 51)) == 1
