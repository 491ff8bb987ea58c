"""Messages as Adaptive Cards."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft6Validator

from bot.types import Kind, Message, Severity, Text
from handlers.teams.render import VERSION, Card, card, envelope
from tests.handlers.examples import message

WORKFLOWS_LIMIT = 28 * 1024

words: st.SearchStrategy[Text] = st.lists(st.text(max_size=4000), max_size=3).map(tuple)
messages = st.builds(
    message,
    headline=words,
    advice=words,
    facts=st.lists(words, max_size=20).map(tuple),
    vendor=words,
    basis=words,
    severity=st.sampled_from(Severity),
    language=st.sampled_from(["en", "de", "ja", "xx"]),
)


@pytest.fixture(scope="session")
def validator() -> Draft6Validator:
    """Give Microsoft's own schema of version 1.4."""
    path = Path(__file__).parent / "adaptive-card-1.4.json"
    return Draft6Validator(json.loads(path.read_text(encoding="utf-8-sig")))


def faults(validator: Draft6Validator, dressed: Card) -> list[str]:
    """Validate a card without what is Teams' own."""
    plain = {name: value for name, value in dressed.items() if name != "msteams"}
    return [fault.message for fault in validator.iter_errors(plain)]


def test_the_example_is_valid_and_says_everything_in_order(validator: Draft6Validator) -> None:
    """Headline, what to do, facts, vendor, basis."""
    dressed = card(message(), Kind.HEAD)
    assert faults(validator, dressed) == []
    body = dressed["body"]
    assert isinstance(body, list)
    assert [block["text"] for block in body] == [
        "🔴 Sending mail fails.",
        "**What to do:** Resend what bounced, after the fix.",
        "• It began at {{TIME(2023-07-18T05:00:00Z)}}.",
        "• 6 of 10 test messages were refused.",
        "Microsoft has said nothing yet.",
        "Measured on 2 routes.",
    ]


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("severity", list(Severity))
def test_every_kind_and_severity_is_valid(validator: Draft6Validator, kind: Kind, severity: Severity) -> None:
    """The schema's colours and sizes."""
    assert faults(validator, card(message(severity=severity), kind, note=("Late.",), mention="ana@x.example")) == []


def test_the_schema_would_notice(validator: Draft6Validator) -> None:
    """A test that cannot fail shows nothing."""
    broken = card(message(), Kind.HEAD) | {"body": [{"type": "TextBlock", "text": "a", "color": "red"}]}
    assert faults(validator, broken)


@given(messages, st.sampled_from(Kind))
def test_any_message_fits_through_a_workflow(said: Message, kind: Kind) -> None:
    """Webhooks send ASCII escapes, so those are counted; no block is blank, none is cut off on a phone."""
    dressed = card(said, kind, note=said.vendor)
    body = dressed["body"]
    assert isinstance(body, list)
    assert all(block["wrap"] and block["text"] for block in body)
    assert len(json.dumps(envelope(dressed)).encode()) < WORKFLOWS_LIMIT


@pytest.mark.parametrize("letter", ["a", "送", "🔴", "\\\\", "*"])
def test_the_longest_message_fits_in_any_script(letter: str) -> None:
    """A sign outside the basic plane takes twelve bytes as sent."""
    long = (letter * 5000,)
    dressed = card(
        message(headline=long, advice=long, facts=(long,) * 20, vendor=long, basis=long), Kind.HEAD, note=long
    )
    assert 2000 < len(json.dumps(envelope(dressed))) <= 24 * 1024


def test_a_card_declares_what_workflows_can_show_and_speaks() -> None:
    """Old clients and screen readers get the sentence."""
    dressed = card(message(), Kind.HEAD)
    assert dressed["version"] == VERSION == "1.4"
    assert dressed["fallbackText"] == dressed["speak"] == "Sending mail fails. Resend what bounced, after the fix."


def test_somebody_is_called_only_in_a_severe_first_message() -> None:
    """The text and its entity are the same to the letter."""
    dressed = card(message(), Kind.HEAD, mention="ana@x.example")
    assert "<at>ana@x.example</at>" in json.dumps(dressed["body"])
    assert dressed["msteams"] == {
        "width": "Full",
        "entities": [
            {
                "type": "mention",
                "text": "<at>ana@x.example</at>",
                "mentioned": {"id": "ana@x.example", "name": "ana@x.example"},
            }
        ],
    }
    for quiet in (
        card(message(), Kind.REPLY, mention="a@x"),
        card(message(severity=Severity.WARNING), Kind.HEAD, mention="a@x"),
    ):
        assert "<at>" not in json.dumps(quiet)


def test_one_card_travels_in_the_stock_envelope() -> None:
    """A bare card is accepted and never posted."""
    wrapped = envelope(card(message(), Kind.HEAD))
    assert wrapped["type"] == "message"
    attachments = wrapped["attachments"]
    assert isinstance(attachments, list)
    assert [one["contentType"] for one in attachments] == ["application/vnd.microsoft.card.adaptive"]
