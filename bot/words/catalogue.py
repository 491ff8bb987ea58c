"""Message catalogues: whole sentences by language, with plural rules, dates and lengths of time as they are spoken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Literal, TypeAlias

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from babel.units import format_unit

from bot.types import Moment, Text

SOURCE_LANGUAGE = "en"
LANGUAGES = ("en", "de", "fr", "es", "ja")
LOCALE = Path(__file__).parent / "locale"

Value: TypeAlias = str | int | Moment
MINUTE = timedelta(minutes=1)
Unit: TypeAlias = Literal["day", "hour", "minute", "second"]
UNITS: tuple[tuple[Unit, timedelta], ...] = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", MINUTE),
    ("second", timedelta(seconds=1)),
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Sentences in one language; the msgid is the English sentence with ``{names}`` for what changes."""

    language: str
    locale: Locale
    translations: NullTranslations

    def text(self, sentence: str, /, **values: Value | Text) -> Text:
        """Give a sentence in this language; moments stay moments, so that each platform can show them its own way."""
        return tuple(_filled(self.translations.gettext(sentence), values))

    def counted(self, one: str, many: str, n: int, /, **values: Value | Text) -> Text:
        """Give the form of a sentence that fits ``n``, which it may show as ``{n}``."""
        return tuple(_filled(self.translations.ngettext(one, many, n), {"n": self.number(n), **values}))

    def string(self, sentence: str, /, **values: str | int) -> str:
        """Give a sentence that holds no moment as one string."""
        return "".join(str(part) for part in self.text(sentence, **values))

    def number(self, n: float) -> str:
        """Write a number as the language does."""
        return format_decimal(n, locale=self.locale)

    def length(self, length: timedelta) -> str:
        """Say a length of time as it is spoken, by its two largest units: ``2 hours and 32 minutes``."""
        words = _units(abs(length), self.locale)
        return "".join(words).replace(" ", "") if self.language == "ja" else self.listed(words)

    def part_of_length(self, part: timedelta, whole: timedelta) -> str:
        """Say a part of a length of time: ``14 of 15 minutes``, the unit once where it is the same."""
        said, of = _units(part, self.locale), _units(whole, self.locale)
        step = next((size for _, size in UNITS if _rounded(whole) >= size), UNITS[-1][1])
        if self.language != "ja" and len(said) == len(of) == 1 and _rounded(part) >= step:
            return self.string("{part} of {whole}", part=self.number(_rounded(part) // step), whole=self.length(whole))
        return self.string("{part} of {whole}", part=self.length(part), whole=self.length(whole))

    def listed(self, words: list[str] | tuple[str, ...]) -> str:
        """Join words as a list is spoken: ``a, b and c``."""
        return format_list(list(words), locale=self.locale)

    def moment(self, moment: Moment) -> str:
        """Write a moment in UTC, with the day where it is wanted."""
        clock = format_time(moment.at, "HH:mm", locale=self.locale)
        day = f"{format_date(moment.at, self.day_pattern(), locale=self.locale)} " if moment.with_date else ""
        return f"{day}{clock} UTC"

    def day_pattern(self) -> str:
        """Give the CLDR pattern of day and short month."""
        return str(self.locale.datetime_skeletons["MMMd"].pattern)

    def stamp(self, at: datetime) -> str:
        """Write date and time in full, in UTC."""
        return f"{format_datetime(at, 'medium', locale=self.locale)} UTC"

    def joined(self, *sentences: Text) -> Text:
        """Set sentences one after another, with the gap that the language wants between them."""
        gap = "" if self.language == "ja" else " "
        out: list[str | Moment] = []
        for sentence in (sentence for sentence in sentences if sentence):
            out += [gap, *sentence] if out and gap else sentence
        return tuple(out)


def _filled(template: str, values: dict[str, Value | Text]) -> Iterator[str | Moment]:
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            yield literal
        if name is not None:
            value = values[name]
            yield from value if isinstance(value, tuple) else [value if isinstance(value, Moment) else str(value)]


def _units(length: timedelta, locale: Locale) -> list[str]:
    """Split a length into its largest unit and the next smaller one."""
    left = _rounded(length)
    first = next((i for i, (_, size) in enumerate(UNITS) if left >= size), len(UNITS) - 1)
    words: list[str] = []
    for unit, size in UNITS[first : first + 2]:
        n, left = divmod(left, size)
        if n or not words:
            words.append(_unit(n, unit, locale))
    return words


def _unit(n: int, unit: Unit, locale: Locale) -> str:
    # Babel 2.18 has no long names of units in Japanese: they are aliases to the short ones, which it does not follow.
    return format_unit(n, f"duration-{unit}", "short" if locale.language == "ja" else "long", locale=locale)


def _rounded(length: timedelta) -> timedelta:
    step = timedelta(seconds=1) if length < 2 * MINUTE else MINUTE
    return round(length / step) * step


def mark(sentence: str) -> str:
    """Mark a sentence in a table for translation; it is looked up when it is said."""
    return sentence


def marks(one: str, many: str) -> tuple[str, str]:
    """Mark a sentence in a table with its form for more than one."""
    return one, many


@cache
def catalogue(language: str) -> Catalogue:
    """Load a language once; one that nobody has translated is told in English."""
    known = next((tag for tag in (language, language.partition("-")[0].partition("_")[0]) if tag in LANGUAGES), None)
    chosen = known or SOURCE_LANGUAGE
    translations: NullTranslations = NullTranslations()
    for path in sorted((LOCALE / chosen).glob("*.po")):
        loaded = _loaded(path, chosen)
        loaded.add_fallback(translations)
        translations = loaded
    return Catalogue(chosen, Locale.parse(chosen), translations)


def _loaded(path: Path, language: str) -> NullTranslations:
    compiled = BytesIO()
    with path.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=language))
    compiled.seek(0)
    return Translations(fp=compiled, domain=path.stem)
