"""Messages as Adaptive Cards."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft6Validator
from microsoft_teams.cards import LineChart

from bot.outbox.courier import TOGETHER
from bot.types import Chart, Curve, Kind, Message, Reason, Severity, Text
from handlers.teams.render import BUDGET, VERSION, Card, card, envelope
from tests.handlers.examples import NOW, delivery, message

WORKFLOWS_LIMIT = 28 * 1024
CHART = Chart(
    title="Outgoing mail: up to 7 minutes.",
    subject="How long test messages took, in minutes",
    curves=(Curve(legend="Outgoing mail", points=((NOW, 0.1), (NOW + timedelta(minutes=1), 6.7))),),
    alt="Outgoing mail: up to 7 minutes.",
)

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
    dressed = card(delivery())
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
    assert (
        faults(
            validator, card(delivery(kind, said=message(severity=severity)), note=("Late.",), mention="ana@x.example")
        )
        == []
    )


def test_the_schema_would_notice(validator: Draft6Validator) -> None:
    """A test that cannot fail shows nothing."""
    broken = card(delivery()) | {"body": [{"type": "TextBlock", "text": "a", "color": "red"}]}
    assert faults(validator, broken)


@given(messages, st.sampled_from(Kind), st.lists(messages, max_size=TOGETHER - 1))
def test_any_message_fits_through_a_workflow(said: Message, kind: Kind, waited: list[Message]) -> None:
    """Webhooks send ASCII escapes, so those are counted; no block is blank, none is cut off on a phone."""
    earlier = tuple(delivery(said=one) for one in waited)
    dressed = card(delivery(kind, said=said, earlier=earlier), note=said.vendor)
    body = dressed["body"]
    assert isinstance(body, list)
    assert all(block["wrap"] and block["text"] for block in body)
    assert len(json.dumps(envelope(dressed)).encode()) < WORKFLOWS_LIMIT


@pytest.mark.parametrize("letter", ["a", "送", "🔴", "\\\\", "*"])
def test_the_longest_message_fits_in_any_script(letter: str) -> None:
    """A sign outside the basic plane takes twelve bytes as sent."""
    long = (letter * 5000,)
    said = message(headline=long, advice=long, facts=(long,) * 20, vendor=long, basis=long)
    earlier = tuple(delivery(said=replace(said, incident=str(number))) for number in range(TOGETHER - 1))
    for one in (delivery(said=said), delivery(said=said, earlier=earlier)):
        dressed = card(one, note=long, mention="a" * 64 + "@" + "b" * 190)
        assert 2000 < len(json.dumps(envelope(dressed))) <= 24 * 1024


def test_a_card_declares_what_workflows_can_show_and_speaks() -> None:
    """Old clients and screen readers get the sentence."""
    dressed = card(delivery())
    assert dressed["version"] == VERSION == "1.4"
    assert dressed["fallbackText"] == dressed["speak"] == "Sending mail fails. Resend what bounced, after the fix."


def test_somebody_is_called_only_where_it_is_severe_and_new() -> None:
    """The text and its entity are the same to the letter."""
    dressed = card(delivery(), mention="ana@x.example")
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
        card(delivery(Kind.REPLY), mention="a@x"),
        card(delivery(said=message(severity=Severity.WARNING)), mention="a@x"),
    ):
        assert "<at>" not in json.dumps(quiet)


def test_one_card_travels_in_the_stock_envelope() -> None:
    """A bare card is accepted and never posted."""
    wrapped = envelope(card(delivery()))
    assert wrapped["type"] == "message"
    attachments = wrapped["attachments"]
    assert isinstance(attachments, list)
    assert [one["contentType"] for one in attachments] == ["application/vnd.microsoft.card.adaptive"]
    assert wrapped["summary"] == "Sending mail fails. Resend what bounced, after the fix."


def texts(dressed: Card) -> list[str]:
    """Give what the blocks of a card say."""
    body = dressed["body"]
    assert isinstance(body, list)
    return [block["text"] for block in body]


def test_somebody_is_called_again_when_it_gets_worse() -> None:
    """The first card may have been a warning."""
    worse = delivery(Kind.REPLY, said=message(reason=Reason.WORSE))
    assert "<at>ana@x.example</at>" in texts(card(worse, mention="ana@x.example"))


def test_later_news_is_a_short_card_that_names_the_incident() -> None:
    """Nothing can be edited there, and nothing answered."""
    shown = texts(card(delivery(Kind.REPLY)))
    assert shown[-1] == "Incident 1"
    assert "Measured on 2 routes." not in shown
    assert "Incident 1" not in texts(card(delivery()))


def test_what_waited_goes_out_in_one_card_newest_state_first() -> None:
    """With the time of each, and nothing of it lost."""
    over = message(reason=Reason.RESOLVED, severity=Severity.GOOD, headline=("It is over.",), facts=())
    worse = message(at=NOW - timedelta(minutes=5), headline=("More mail fails.",))
    other = message(at=NOW - timedelta(minutes=7), incident="2", headline=("Calendars are stale.",), advice=("Wait.",))
    first = message(at=NOW - timedelta(minutes=9))
    earlier = (delivery(Kind.REPLY, said=worse), delivery(said=other), delivery(said=first))
    shown = texts(card(delivery(Kind.REPLY, said=over, earlier=earlier)))
    assert shown[0] == "🟢 It is over."
    assert "Measured on 2 routes." in shown  # nobody there has read the first message yet
    waited = shown[shown.index("This waited to be told:") + 1 :]
    assert waited[0] == "{{DATE(2023-07-18T05:04:00Z,SHORT)}} {{TIME(2023-07-18T05:04:00Z)}} 🔴 More mail fails."
    assert waited[1].endswith("🔴 Calendars are stale.")
    assert waited[2] == "**What to do:** Wait."
    assert waited[-1].endswith("🔴 Sending mail fails.")


def test_a_chart_stands_in_the_card_with_its_words_for_clients_that_draw_none(validator: Draft6Validator) -> None:
    """Newer than the schema, so its fallback is held to it instead."""
    dressed = card(delivery(), chart=CHART)
    body = dressed["body"]
    assert isinstance(body, list)
    (drawn,) = [block for block in body if block["type"] == "Chart.Line"]
    known = {field.serialization_alias or field.alias or name for name, field in LineChart.model_fields.items()}
    assert set(drawn) <= known
    assert LineChart.model_validate(drawn).model_dump(by_alias=True, exclude_none=True, mode="json") == drawn
    old = {**dressed, "body": [block.get("fallback", block) for block in body]}
    assert faults(validator, old) == []
    assert drawn["fallback"]["text"] == "Outgoing mail: up to 7 minutes."


def test_a_chart_gives_way_to_its_words_before_a_card_grows_too_large() -> None:
    """What is wrong and what to do is worth more than a line."""
    long = replace(CHART, curves=tuple(replace(CHART.curves[0], points=CHART.curves[0].points * 400) for _ in range(3)))
    dressed = card(delivery(), chart=long)
    body = dressed["body"]
    assert isinstance(body, list)
    assert "Chart.Line" not in [block["type"] for block in body]
    assert "Outgoing mail: up to 7 minutes." in [block["text"] for block in body]
    assert len(json.dumps(envelope(dressed))) <= BUDGET
