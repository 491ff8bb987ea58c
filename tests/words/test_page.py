from datetime import timedelta
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from bot.types import Direction, Severity, Symptom, Tally
from bot.words.catalogue import LANGUAGES, LOCALE, catalogue
from bot.words.page import Line, PageWords

TRANSLATED = [language for language in LANGUAGES if language != "en"]
MANY = {Line.RECENT_MANY: Line.RECENT_ONE, Line.WEEK_MANY: Line.WEEK_ONE}


def messages(language: str) -> dict[str, Message]:
    """Read a language's own file, by the English sentence."""
    with (LOCALE / language / "page.po").open("rb") as lines:
        found = {one.id if isinstance(one.id, str) else one.id[0]: one for one in read_po(lines, locale=language)}
    return {id_: one for id_, one in found.items() if id_}


def fields(sentence: str) -> set[str | None]:
    """Name the fields of a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence)} - {None}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_line_is_translated_and_no_other(language: str) -> None:
    assert set(messages(language)) == {line.value for line in Line if line not in MANY}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_fields_of_its_line(language: str) -> None:
    for sentence, message in messages(language).items():
        forms = [message.string] if isinstance(message.string, str) else list(message.string or [""])
        assert all(form and fields(form) == fields(sentence) for form in forms), sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_noun_has_a_name(language: str) -> None:
    words = PageWords(catalogue(language))
    assert all(words.symptom(symptom) for symptom in Symptom)
    assert all(words.direction(direction) for direction in Direction)
    assert all(words.severity(severity) for severity in Severity)


ENGLISH = PageWords(catalogue("en"))


def test_a_test_message_can_take_less_than_a_second() -> None:
    assert ENGLISH.length(timedelta(milliseconds=340)) == "340 ms"
    assert ENGLISH.length(timedelta(seconds=4)) == "4 seconds"


def test_all_that_is_wrong_with_a_direction_is_said_once() -> None:
    said = ENGLISH.symptoms((Symptom.BOUNCED, Symptom.DELAYED, Symptom.BOUNCED))
    assert said == "Bounces · Late"


def test_trouble_without_direction_names_none() -> None:
    assert ENGLISH.trouble(Direction.NONE, Symptom.CALENDAR_STALE) == "Calendar is out of date"


@pytest.mark.parametrize(
    ("tally", "words"),
    [
        (Tally(), "No test message in the last 10 minutes."),
        (Tally(sent=1, arrived=1), "1 test message in the last 10 minutes: 1 arrived."),
        (
            Tally(sent=9, arrived=2, late=1, refused=3, bounced=2, waiting=2),
            "9 test messages in the last 10 minutes: 2 arrived, 1 late, 3 refused, 2 bounced, and 2 under way.",
        ),
    ],
)
def test_the_last_ten_minutes_are_counted(tally: Tally, words: str) -> None:
    assert ENGLISH.recent(tally) == words


def test_a_feed_is_named() -> None:
    assert ENGLISH.source("microsoft") == "Microsoft's service health"
    assert ENGLISH.source("tests:office") == "Test messages from office"
    assert ENGLISH.source("unheard:tokyo") == "Test messages from tokyo"
    assert ENGLISH.source("status.example.org") == "status.example.org"
