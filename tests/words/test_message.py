import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
import textstat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.advisories import read
from bot.types import AdvisoryState, Change, Direction, Message, Reason, Severity, Symptom, Tally, Verb
from bot.words import LANGUAGES, catalogue, plain, tell, text
from tests.correlate.build import (
    BASE,
    DAY,
    HOUR,
    LATENESS,
    MINUTE,
    REFUSING,
    SENDING,
    T0,
    Teller,
    closed,
    late,
    other,
    over,
    refused,
)
from tests.stories.evening import Evening, events
from tests.stories.test_stories import STORIES

JARGON = re.compile(
    r"some users|may be (impacted|affected)|impact|infrastructure|telemetry|mitigat|remediat|degradation|NDR|MTTR|<|&nbsp;",
    re.IGNORECASE,
)
UNSAFE = re.compile(r"[<>&*`\[\]|~\\{}\x00-\x09\x0b-\x1f\x7f]")
HARDEST = 8.0
MOST_WORDS = 160
MOST_WORDS_FIRST = 65
CFM = "An influx of free/busy Control Flow Messages (CFM) held up the queue."


def refused_evening() -> Teller:
    """Refused, confirmed, said to be fixed, overdue, better, over."""
    teller = Teller(tally=REFUSING)
    teller.sees(late(), at=T0 + 2 * MINUTE)
    teller.says(replace(LATENESS, next_update=T0 + 2 * HOUR), T0 + HOUR)
    teller.at(T0 + 3 * HOUR)
    teller.sees(late(), refused(T0 + 4 * HOUR), at=T0 + 4 * HOUR + MINUTE)
    teller.says(replace(SENDING, codes=("503 5.5.1",)), T0 + 5 * HOUR)
    teller.says(closed(SENDING, T0 + 5 * HOUR), T0 + 6 * HOUR)
    teller.sees(late(), over(refused(T0 + 4 * HOUR), T0 + 7 * HOUR), at=T0 + 7 * HOUR)
    teller.at(T0 + 32 * HOUR)
    teller.sees(over(late(), T0 + 33 * HOUR), at=T0 + 33 * HOUR, tally=Tally(sent=40, arrived=40))
    return teller


def said_only() -> Teller:
    """One symptom after another that only the vendor sees."""
    teller = Teller()
    for n, symptom in enumerate(set(Symptom) - {Symptom.UNMEASURABLE, Symptom.ADMIN_ONLY, Symptom.LOST}):
        one = replace(BASE, id=f"EX{n}00000", title=str(symptom), symptom=symptom)
        teller.says(one, T0 + n * MINUTE)
        teller.says(closed(one, T0 + HOUR), T0 + 2 * HOUR + n * MINUTE)
    return teller


def false_resolved() -> Teller:
    """Close too early, and open under a new id the next day; join, drop, part."""
    teller = Teller()
    teller.says(BASE, T0)
    teller.says(closed(BASE, T0 + HOUR), T0 + HOUR)
    again = replace(BASE, id="EX1000099", start=T0 + DAY, cause=CFM)
    teller.says(again, T0 + DAY)
    teller.says(replace(SENDING, cause=CFM), T0 + DAY + HOUR)
    teller.drops(again.id, T0 + DAY + 2 * HOUR)
    teller.orders(Verb.PART, T0 + DAY + 3 * HOUR, advisory=SENDING.id)
    return teller


def every_symptom() -> Teller:
    """Each measured symptom in each direction, one after another."""
    teller = Teller(tally=REFUSING)
    symptoms = (Symptom.BOUNCED, Symptom.LOST, Symptom.DELAYED, Symptom.SEND_FAILS)
    for n, (symptom, direction) in enumerate((s, d) for s in symptoms for d in Direction):
        start = T0 + n * 6 * HOUR
        found = replace(other(symptom, start, direction=direction), stretch=f"s{n}", id=f"s{n}")
        teller.sees(found, at=start + MINUTE)
        teller.sees(over(found, start + HOUR), at=start + HOUR)
    return teller


def blindness() -> Teller:
    """Feed and vantage without sight."""
    teller = Teller()
    teller.blind(T0)
    teller.at(T0 + 30 * MINUTE)
    teller.sees(refused(T0 + HOUR), at=T0 + HOUR + MINUTE)
    teller.back(T0 + 2 * HOUR)
    teller.sees(other(Symptom.UNMEASURABLE, T0 + 3 * HOUR), at=T0 + 4 * HOUR)
    teller.sees(over(other(Symptom.UNMEASURABLE, T0 + 3 * HOUR), T0 + 5 * HOUR), at=T0 + 5 * HOUR)
    return teller


EVENINGS: Mapping[str, Callable[[], Teller]] = {
    "refused": refused_evening,
    "said": said_only,
    "false": false_resolved,
    "symptoms": every_symptom,
    "blind": blindness,
}


def rung(teller: Teller) -> list[Change]:
    return [change for change in teller.told if change.rings]


def before_facts(message: Message) -> str:
    words = catalogue(message.language)
    return f"{text(message.headline, words)} {text(message.advice, words)}"


@pytest.mark.parametrize("evening", EVENINGS)
def test_every_message_is_short_plain_and_said_once(evening: str) -> None:
    """Headline and advice first, no jargon, never the same text twice."""
    told = [plain(tell(change)) for change in rung(EVENINGS[evening]())]
    assert told
    assert len(set(told)) == len(told)
    for said in told:
        assert not JARGON.search(said), said
        assert len(said.split()) <= MOST_WORDS, said
        assert not UNSAFE.search(said), said


@pytest.mark.parametrize("evening", EVENINGS)
def test_what_is_wrong_and_what_to_do_come_first_and_fast(evening: str) -> None:
    """About sixty words before the facts."""
    for change in rung(EVENINGS[evening]()):
        assert len(before_facts(tell(change)).split()) <= MOST_WORDS_FIRST


@pytest.mark.parametrize("evening", EVENINGS)
def test_every_message_reads_as_easily_as_grade_eight(evening: str) -> None:
    """By the formula of Flesch and Kincaid, ids and clock times left out."""
    for change in rung(EVENINGS[evening]()):
        said = re.sub(r"\b(EX\d+|\d\d:\d\d UTC|\w{3} \d{1,2} \d\d:\d\d UTC)\b", "it", plain(tell(change)))
        assert textstat.flesch_kincaid_grade(said.replace("\n", " ")) <= HARDEST, said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("evening", EVENINGS)
def test_every_message_is_told_in_every_language(evening: str, language: str) -> None:
    """Another text in each, and nothing left to fill in."""
    for change in EVENINGS[evening]().told:
        said = plain(tell(change, language=language))
        assert said
        assert "{" not in said


def test_the_first_word_of_an_outage_word_for_word() -> None:
    """Refused since three minutes."""
    teller = Teller()
    teller.sees(refused(), at=T0 + 3 * MINUTE)
    assert plain(tell(rung(teller)[0])) == (
        "Sending mail fails.\n"
        "What is refused does not go out by itself. Keep it, and resend it once we say that sending works again. "
        "If it cannot wait, call or chat.\n"
        "It began at about Mar 2 08:00 UTC, 3 minutes ago. 6 of the last 10 test messages were refused. "
        "The server's answer: 503 5.5.1.\n"
        "Microsoft has said nothing yet.\n"
        "We know this from our own test messages."
    )


def test_a_message_carries_what_platforms_need() -> None:
    """Reason, severity, incident, tenant, language; times that are moments."""
    teller = Teller()
    teller.sees(refused(), at=T0 + 3 * MINUTE)
    message = tell(rung(teller)[0], language="de")
    assert (message.reason, message.severity, message.incident) == (Reason.OPENED, Severity.SEVERE, "1")
    assert message.language == "de"
    assert [part.at for fact in message.facts for part in fact if not isinstance(part, str)] == [T0]


def test_a_message_about_our_own_sight_belongs_to_no_incident() -> None:
    """It is no outage of the mail."""
    cannot, *_ = rung(blindness())
    message = tell(cannot)
    assert message.incident is None
    assert message.severity is Severity.INFO
    assert tell(rung(blindness())[-1]).severity is Severity.GOOD


def issue(fields: Mapping[str, str]) -> dict[str, object]:
    """Give an open issue with strangers' words in every field of text."""
    post = {
        "createdDateTime": "2026-03-02T08:00:00Z",
        "description": {"contentType": "html", "content": fields["post"]},
    }
    return {
        "id": fields["id"],
        "title": fields["title"],
        "impactDescription": fields["impact"],
        "service": fields["service"],
        "status": fields["status"],
        "classification": "incident",
        "isResolved": False,
        "startDateTime": "2026-03-02T08:00:00Z",
        "endDateTime": None,
        "posts": [post],
    }


SPICE = [
    "<!channel>",
    "<at>all</at>",
    "*b*",
    "[a](http://x)",
    "`",
    "{id}",
    "%s",
    "\u202e",
    "&amp;",
    "Exchange",
    "email delayed",
]
ANY = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(SPICE), max_size=4).map(" ".join))
MAIL = {"title": "Users may be unable to send email ", "impact": "Users may be unable to send email. "}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries(dict.fromkeys(("id", "title", "impact", "service", "status", "post"), ANY)))
def test_any_text_in_any_field_ends_in_messages_that_are_safe(fields: Mapping[str, str]) -> None:
    """Nothing that a stranger wrote is shown but ids and codes."""
    teller = Teller()
    reading = read(issue({**fields, **{key: prefix + fields[key] for key, prefix in MAIL.items()}}), now=T0)
    teller.says(reading, T0)
    teller.sees(refused(T0 + HOUR), at=T0 + HOUR)
    teller.says(replace(reading, state=AdvisoryState.RESOLVED), T0 + 2 * HOUR)
    teller.sees(over(refused(T0 + HOUR), T0 + 3 * HOUR), at=T0 + 3 * HOUR)
    for change in teller.told:
        for language in ("en", "ja"):
            assert not UNSAFE.search(plain(tell(change, language=language)))


def test_lengths_and_moments_in_a_text_are_written_out() -> None:
    """For e-mail, logs and replay."""
    teller = Teller()
    teller.sees(refused(), at=T0 + timedelta(hours=30))
    assert "Mar 2 08:00 UTC" in plain(tell(rung(teller)[0]))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_what_rings_nobody_can_be_said_too(story: Callable[[], Evening]) -> None:
    """The head of an incident shows it, also when all that was measured is over and nothing is resolved yet."""
    for change in events(story):
        assert tell(change).at == change.at
