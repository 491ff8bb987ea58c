"""Messages as blocks."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.types import Kind, Message, Reason, Severity, Text
from handlers.slack import render
from tests.handlers.examples import message


def texts(value: object) -> Iterator[str]:
    """Give every string that Slack would show."""
    if isinstance(value, dict):
        yield from (value["text"] for _ in [0] if isinstance(value.get("text"), str))
        yield from (found for inner in value.values() for found in texts(inner))
    if isinstance(value, list):
        yield from (found for inner in value for found in texts(inner))


words: st.SearchStrategy[Text] = st.lists(st.text(max_size=4000), max_size=3).map(tuple)
messages = st.builds(
    message,
    headline=words,
    advice=words,
    facts=st.lists(words, max_size=20).map(tuple),
    vendor=words,
    basis=words,
    severity=st.sampled_from(Severity),
    incident=st.none() | st.text(min_size=1, max_size=3000),
    language=st.sampled_from(["en", "de", "ja", "xx"]),
)


@given(messages, st.sampled_from(Kind))
def test_any_message_is_what_slack_accepts(said: Message, kind: Kind) -> None:
    """slack_sdk's own models find nothing, and the whole stays below what Slack refuses."""
    dressed = render.blocks(said, kind, mention=["S123"], note=said.vendor)
    for block in dressed:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    assert len(dressed) <= 50
    assert len(json.dumps(dressed, ensure_ascii=False)) < 13_000
    assert all(len(shown) <= 3000 and shown for shown in texts(dressed))
    assert 0 < len(render.text(said)) <= 3000


@given(messages)
def test_nothing_in_a_message_can_mention_anybody(said: Message) -> None:
    """The only live brackets are times."""
    for shown in texts(render.blocks(said, Kind.HEAD)):
        assert "<" not in shown.replace("<!date^1689656400^{time}|05:00 UTC>", "")


def test_a_head_says_what_is_wrong_what_to_do_the_facts_the_vendor_and_how_we_know() -> None:
    """In this order, buttons last."""
    kinds = [block["type"] for block in render.blocks(message(), Kind.HEAD)]
    assert kinds == ["header", "section", "section", "section", "context", "actions"]


def test_the_state_is_said_by_sign_and_word() -> None:
    """Colour alone says nothing to many."""
    header = next(texts(render.blocks(message(), Kind.HEAD)))
    assert header == "🔴 Sending mail fails."


def test_user_groups_are_called_only_when_it_is_severe() -> None:
    """A warning wakes nobody."""
    assert "<!subteam^S123>" in list(texts(render.blocks(message(), Kind.HEAD, mention=["S123"])))
    mild = render.blocks(message(severity=Severity.WARNING), Kind.HEAD, mention=["S123"])
    assert "<!subteam^S123>" not in list(texts(mild))


def test_a_person_can_be_called_too() -> None:
    """By id, and nothing else can be put into the brackets."""
    assert render.called("U0123") == "<@U0123>"
    for wrong in ("@ana", "!channel", "S1>", ""):
        with pytest.raises(ValueError, match="neither"):
            render.called(wrong)


def test_a_reply_calls_nobody_and_has_no_buttons() -> None:
    """The head has them."""
    reply = render.blocks(message(), Kind.REPLY, mention=["S123"])
    assert "actions" not in [block["type"] for block in reply]
    assert not any("subteam" in shown for shown in texts(reply))


def test_what_is_over_has_no_buttons() -> None:
    """There is nothing to be done."""
    over = message(reason=Reason.RESOLVED, severity=Severity.GOOD)
    assert "actions" not in [block["type"] for block in render.blocks(over, Kind.EDIT)]


def test_buttons_carry_the_incident() -> None:
    """Nobody has to remember a number."""
    elements = render.buttons("1", "en")["elements"]
    assert isinstance(elements, list)
    assert [(one["action_id"], one["value"]) for one in elements] == [
        (action, "1") for action in ("ack", "mute", "details", "works", "fails")
    ]


def test_the_text_for_notifications_is_whole() -> None:
    """Screen readers read nothing else."""
    assert render.text(message()) == (
        "🔴 Sending mail fails. Resend what bounced, after the fix. It began at 05:00 UTC. "
        "6 of 10 test messages were refused. Microsoft has said nothing yet."
    )


@pytest.mark.parametrize("address", ["https://x.example/a|b", "https://x.example/<a>"])
def test_a_link_cannot_end_early(address: str) -> None:
    """One opening, one bar, one end."""
    linked = render.link(address, "before|after")
    assert (linked.count("<"), linked.count("|"), linked.count(">")) == (1, 1, 1)
