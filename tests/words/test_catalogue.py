import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.types import Moment
from bot.words import LANGUAGES, catalogue
from bot.words.catalogue import LOCALE

NOON = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)
TRANSLATED = [language for language in LANGUAGES if language != "en"]
SAID_BY = {"text", "counted", "string", "mark", "marks"}
"""Functions and methods whose literal arguments are sentences."""


def sentences(path: Path) -> Iterator[tuple[str, ...]]:
    """Give the sentences that a module says, with their forms for more than one."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and _name(node.func) in SAID_BY:
            said = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if said:
                yield tuple(said)


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def spoken() -> list[tuple[str, ...]]:
    """Give all sentences of the words package, once each."""
    files = sorted(LOCALE.parent.glob("*.py"))
    return list(dict.fromkeys(said for path in files for said in sentences(path)))


def merged(language: str) -> Catalog:
    """Give all that is translated into a language."""
    whole = Catalog(locale=language)
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as lines:
            for message in read_po(lines, locale=language):
                if message.id:
                    whole.add(message.id, message.string)
    return whole


def names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_told_in_every_language(language: str) -> None:
    """No message is missing in any catalogue."""
    whole = merged(language)
    missing = [said[0] for said in spoken() if not (found := whole.get(said[0])) or not found.string]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_holds_the_names_of_its_sentence(language: str) -> None:
    """A wrong or missing variable would crash when it is said."""
    wrong = []
    for message in merged(language):
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        wrong += [form for form in forms if message.id and names(str(form)) != {n for i in ids for n in names(str(i))}]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_counted_sentence_has_the_forms_of_its_language(language: str) -> None:
    """Two forms in German, French and Spanish, one in Japanese."""
    whole = merged(language)
    counted = [message for message in whole if isinstance(message.id, (tuple, list))]
    assert counted
    forms = [message.string if isinstance(message.string, (tuple, list)) else () for message in counted]
    assert {len(form) for form in forms} == {whole.num_plurals}
    assert all(all(form) for form in forms)


@pytest.mark.parametrize(
    ("language", "one", "none", "many"),
    [
        ("en", "1 was refused", "0 were refused", "2 were refused"),
        ("de", "1 wurde abgelehnt", "0 wurden abgelehnt", "2 wurden abgelehnt"),
        ("fr", "1 a été refusé", "0 a été refusé", "2 ont été refusés"),
        ("es", "1 fue rechazado", "0 fueron rechazados", "2 fueron rechazados"),
        ("ja", "拒否1通", "拒否0通", "拒否2通"),
    ],
)
def test_plurals_follow_the_rules_of_the_language(language: str, one: str, none: str, many: str) -> None:
    """French counts none as one; Japanese has one form."""
    words = catalogue(language)
    said = ["".join(map(str, words.counted("{n} was refused", "{n} were refused", n))) for n in (1, 0, 2)]
    assert said == [one, none, many]


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=95), "1 minute and 35 seconds"),
        (timedelta(minutes=18, seconds=20), "18 minutes"),
        (timedelta(hours=2, minutes=32), "2 hours and 32 minutes"),
        (timedelta(hours=5), "5 hours"),
        (timedelta(days=1, minutes=3), "1 day"),
        (timedelta(days=2, hours=3, minutes=59), "2 days and 3 hours"),
        (timedelta(minutes=-5), "5 minutes"),
    ],
)
def test_lengths_are_said_as_people_speak(length: timedelta, said: str) -> None:
    """Two units at most, and no more exact than anybody wants it."""
    assert catalogue("en").length(length) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "2 Stunden und 32 Minuten"),
        ("fr", "2\u00a0heures et 32 minutes"),
        ("es", "2 horas y 32 minutos"),
        ("ja", "2時間32分"),
    ],
)
def test_lengths_are_said_in_each_language(language: str, said: str) -> None:
    """By the units of the language."""
    assert catalogue(language).length(timedelta(hours=2, minutes=32)) == said


@pytest.mark.parametrize(
    ("language", "day"), [("en", "Mar 2"), ("de", "2. März"), ("fr", "2 mars"), ("es", "2 mar"), ("ja", "3月2日")]
)
def test_moments_name_their_zone_and_the_day_where_it_is_not_today(language: str, day: str) -> None:
    """Plain text cannot know the reader's zone."""
    words = catalogue(language)
    assert words.moment(Moment(at=NOON)) == "12:05 UTC"
    assert words.moment(Moment(at=NOON, with_date=True)) == f"{day} 12:05 UTC"
    assert words.stamp(NOON).endswith("UTC")


def test_an_unknown_language_is_told_in_english_and_a_dialect_in_its_language() -> None:
    """Nobody gets a traceback for a setting."""
    assert catalogue("nl").language == "en"
    assert catalogue("de-AT").language == "de"
    assert catalogue("fr_CA").language == "fr"


def test_sentences_are_set_with_a_gap_but_in_japanese() -> None:
    """Japanese needs none after its full stop."""
    assert catalogue("en").joined(("A.",), (), ("B.",)) == ("A.", " ", "B.")
    assert catalogue("ja").joined(("A。",), ("B。",)) == ("A。", "B。")


def test_a_moment_stays_a_moment_inside_a_sentence() -> None:
    """Each platform shows it in the reader's zone."""
    at = Moment(at=NOON)
    assert catalogue("en").text("We first told you at {opened}.", opened=at) == ("We first told you at ", at, ".")


def test_braces_in_a_value_are_left_as_they_are() -> None:
    """Values are never read as templates."""
    assert catalogue("en").string("Microsoft reports it as {id}.", id="{x}") == "Microsoft reports it as {x}."
