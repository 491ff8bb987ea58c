"""What people who ask are answered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.types import Change, Direction, Moment, Reason, Skew, Text
from bot.words import accounts, answers, labels, replies
from bot.words.answers import Answer
from bot.words.catalogue import LOCALE
from bot.words.gaps import late_note
from bot.words.labels import Label, label
from tests.handlers.examples import BEGAN, NOW, claim, delivery, finding, healthy, incident, snapshot
from tests.words.test_catalogue import TRANSLATED, merged, sentences

MODULES = ("labels", "answers", "replies", "accounts")


def read(answer: Answer) -> str:
    """Read an answer with its times in UTC."""
    lines = [line for part in answer.parts for line in (part.title, *part.lines)]
    return " ".join(plain(said) for said in (answer.headline, answer.advice, *lines, answer.note) if said)


def plain(said: Text) -> str:
    """Read a sentence."""
    return "".join(f"{part.at:%H:%M}" if isinstance(part, Moment) else part for part in said)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_of_an_answer_is_told_in_every_language(language: str) -> None:
    """Buttons included."""
    said = [one[0] for module in MODULES for one in sentences(LOCALE.parent / f"{module}.py")]
    whole = merged(language)
    missing = [one for one in [*said, *Label] if not (found := whole.get(one)) or not found.string]
    assert missing == []


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
def test_a_button_is_short_enough_to_be_read_on_a_phone(language: str) -> None:
    """Slack cuts what is longer than 75 characters."""
    assert all(0 < len(label(one, language)) < 30 for one in Label)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(
    "answer",
    [
        lambda language: answers.now(snapshot(), language),
        lambda language: answers.now(healthy(), language),
        lambda language: accounts.details(snapshot(), incident(claims=(claim(),), acknowledged_by="Bo"), language),
        lambda language: accounts.history(snapshot(past=(incident("0", resolved=NOW),)), NOW - BEGAN, language),
        lambda language: replies.bounced(language, lasts=True),
        replies.slow,
        lambda language: replies.no_such("EX1", language),
        lambda language: replies.bad_length("x", NOW - BEGAN, language),
        lambda language: replies.parted("EX1", language),
    ],
)
def test_an_answer_in_another_language_holds_no_english(answer: Callable[[str], Answer], language: str) -> None:
    """But for the words of the vendor and of servers."""
    said = read(answer(language))
    assert not set(said.split()) & {"the", "and", "was", "arrived", "lists"}


def test_one_direction_alone_can_be_asked_for() -> None:
    """Then an incident elsewhere is not the answer, and is not passed over either."""
    inbound = answers.now(snapshot(), "en", only={Direction.INBOUND})
    assert plain(inbound.headline) == "Incoming mail: Arrives as usual."
    assert inbound.incident is None
    assert "Sending mail fails." in read(inbound)


def test_a_message_that_arrived_this_moment_is_a_second_old() -> None:
    """Nobody reads milliseconds."""
    just = tuple(replace(one, last_arrived=NOW) for one in healthy().directions)
    said = read(answers.now(replace(healthy(), directions=just), "en"))
    assert "1 second ago" in said
    assert "ms ago" not in said


def test_where_nothing_was_resolved_it_is_said_in_words() -> None:
    """And not as a zero."""
    said = read(accounts.history(healthy(), timedelta(days=7), "en"))
    assert said.startswith("No incident was resolved in the last 7 days.")


def test_an_explanation_gives_the_vendors_times_beside_ours() -> None:
    """And the newest post, cut at a word."""
    said = read(accounts.explain(claim(scope="Some users in Europe"), incident(), NOW, "en"))
    assert "We first saw it at 05:08." in said
    assert "Microsoft says that it began at 05:00." in said
    assert "Microsoft promised the next update for 06:09." in said
    assert "Some users in Europe" in said
    assert said.endswith("We are looking …") or "…" in said


def test_what_is_not_mail_is_said_to_be_something_else() -> None:
    """Its service is named."""
    said = read(accounts.explain(claim(is_mail=False, service="Microsoft Teams"), None, NOW, "en"))
    assert "It is about Microsoft Teams, and not about mail." in said


def test_notes_about_a_delivery_are_sentences() -> None:
    """Whatever the language."""
    late = delivery(wanted=BEGAN, attempts=2, fence=2)
    assert plain(late_note(late, NOW)) == "Delivered 9 minutes late: this chat could not be reached."
    held = delivery(wanted=BEGAN, fence=3)
    assert late_note(held, NOW) == late_note(late, NOW)
    first = delivery(wanted=BEGAN)
    assert plain(late_note(first, NOW)) == "Delivered 9 minutes late: mailstatus itself was held up."
    assert late_note(first, BEGAN) == ()
    assert plain(labels.passed_on_note("it", "404", "de")) == "Das steht hier, weil it nicht erreichbar ist. (404)"
    assert plain(labels.gone_note("ja")).endswith("。")


def test_details_are_in_the_readers_language_throughout() -> None:
    """What rang, too: it is put in words when somebody asks."""
    rang = Change(at=NOW, reason=Reason.WORSE, incident=incident(), rings=True, why="it got worse")
    elsewhere = replace(rang, incident=incident("2"))
    said = read(accounts.details(snapshot(rung=(rang, elsewhere)), incident(), "de"))
    assert said.count("Es ist schlimmer geworden.") == 1


def test_what_is_true_of_two_directions_is_said_once() -> None:
    """One clock that is wrong is one clock."""
    skew = Skew(by="mx.example.org", seconds=-120.0)
    both = tuple(replace(one, skews=(skew,)) for one in snapshot().directions)
    shown = snapshot(directions=both, open=(incident(findings=(finding(direction=Direction.BOTH),)),))
    said = read(accounts.details(shown, shown.open[0], "en"))
    assert said.count("The clock of mx.example.org is 2 minutes behind.") == 1
