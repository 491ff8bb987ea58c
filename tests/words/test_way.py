from dataclasses import replace
from datetime import timedelta

import pytest

from bot.types import Direction, DirectionNow, Junk, Place, Skew, Tally, Where
from bot.words import LANGUAGES, accounts, answers, catalogue, text
from bot.words.way import clock, spent
from tests.handlers.examples import NOW, healthy, incident, snapshot

WORDS = catalogue("en")
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("where", "direction", "expected"),
    [
        (Where.OURS, Direction.INBOUND, "14 of 15 minutes were spent at the sender's own provider."),
        (Where.BEFORE, Direction.INBOUND, "14 of 15 minutes were spent before Microsoft took them."),
        (Where.MICROSOFT, Direction.INBOUND, "14 of 15 minutes were spent inside Microsoft, before the mailbox."),
        (Where.MICROSOFT, Direction.OUTBOUND, "14 of 15 minutes were spent inside Microsoft."),
        (Where.AFTER, Direction.OUTBOUND, "14 of 15 minutes were spent after Microsoft had handed them on."),
        (Where.BETWEEN, Direction.OUTBOUND, "14 of 15 minutes were spent on the way between servers."),
        (Where.MAILBOX, Direction.INBOUND, "14 of 15 minutes were spent between the last server and the mailbox."),
    ],
)
def test_where_the_time_went_is_told_in_a_sentence(where: Where, direction: Direction, expected: str) -> None:
    """The end of Microsoft's part is the mailbox only for mail that comes in."""
    place = Place(where=where, held=14 * MINUTE, of=15 * MINUTE)
    assert text(spent(place, direction, WORDS), WORDS) == expected


@pytest.mark.parametrize(
    ("held", "of", "language", "expected"),
    [
        (14 * MINUTE, 15 * MINUTE, "en", "14 of 15 minutes"),
        (45 * SECOND, 50 * SECOND, "en", "45 of 50 seconds"),
        (50 * SECOND, 65 * SECOND, "en", "50 seconds of 1 minute and 5 seconds"),
        (55 * MINUTE, 60 * MINUTE, "en", "55 minutes of 1 hour"),
        (14 * MINUTE, 15 * MINUTE, "de", "14 von 15 Minuten"),
        (14 * MINUTE, 15 * MINUTE, "fr", "14 sur 15\N{NO-BREAK SPACE}minutes"),
        (14 * MINUTE, 15 * MINUTE, "es", "14 de 15 minutos"),
        (14 * MINUTE, 15 * MINUTE, "ja", "15分のうち14分"),
    ],
)
def test_a_part_of_a_length_names_the_unit_once(held: timedelta, of: timedelta, language: str, expected: str) -> None:
    """Where it is the same."""
    assert catalogue(language).part_of_length(held, of).replace("\N{NO-BREAK SPACE}", " ") == expected.replace(
        "\N{NO-BREAK SPACE}", " "
    )


@pytest.mark.parametrize(
    ("skew", "expected"),
    [
        (Skew(by="mx.example.org", seconds=-120), "The clock of mx.example.org is 2 minutes behind."),
        (Skew(by="mx.example.org", seconds=30), "The clock of mx.example.org is 30 seconds ahead."),
        (Skew(seconds=120), "The clocks of the servers differ by 2 minutes."),
    ],
)
def test_a_clock_that_is_wrong_is_told(skew: Skew, expected: str) -> None:
    """And what follows from it."""
    assert text(clock(skew, WORDS), WORDS) == f"{expected} The times between servers are estimates."


ODD = DirectionNow(
    direction=Direction.OUTBOUND,
    last_arrived=NOW - MINUTE,
    last_latency=3 * SECOND,
    skews=(Skew(by="mx.example.org", seconds=-120),),
    junk=Junk(n=2, of=10),
    recent=Tally(sent=10, arrived=10, junk=2, twice=1),
)


def test_details_say_what_is_odd_about_the_messages_that_arrive() -> None:
    """Junk, second copies and clocks, on the incident's own directions alone."""
    elsewhere = replace(ODD, direction=Direction.INBOUND, junk=Junk(n=7, of=10))
    answer = accounts.details(snapshot(directions=(ODD, elsewhere)), incident(), "en")
    known = next(part for part in answer.parts if text(part.title, WORDS) == "How we know")
    assert [text(line, WORDS) for line in known.lines][-3:] == [
        "2 of the last 10 test messages landed in Junk.",
        "1 test message of the last ten minutes arrived twice.",
        "The clock of mx.example.org is 2 minutes behind. The times between servers are estimates.",
    ]


def test_the_answer_says_that_mail_lands_in_junk_and_still_flows() -> None:
    """It is no outage of the mail, and no headline."""
    answer = answers.now(replace(healthy(), directions=(ODD,)), "en")
    assert text(answer.headline, WORDS) == "Mail is flowing."
    assert text(answer.parts[0].lines[0], WORDS).endswith("2 of the last 10 test messages landed in Junk.")


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_all_of_it_is_told_in_every_language(language: str) -> None:
    """Nothing stays English but the server's name."""
    words = catalogue(language)
    answer = accounts.details(snapshot(directions=(ODD,)), incident(), language)
    said = " ".join(text(line, words) for part in answer.parts for line in part.lines)
    assert "mx.example.org" in said
    assert not set(said.split()) & {"landed", "clock", "twice", "estimates."}
