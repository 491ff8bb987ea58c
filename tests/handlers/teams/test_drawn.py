"""Cards of real stories: valid by Microsoft's schema, small enough, and readable in a browser at every width."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from jsonschema import Draft6Validator

from bot.words import LANGUAGES
from handlers.actions import ACTIONS
from handlers.teams.render import BUDGET, Card, card, envelope
from tests.handlers.examples import delivery, message
from tests.handlers.teams.drawn import DESKTOP, PHONE, Column, Seen, draw
from tests.handlers.teams.pictures import CALLED, FOLDER, STORIES, cards, same_words
from tests.stories.evening import Evening

SCHEMA = Path(__file__).parent / "adaptive-card-1.4.json"
LARGEST_PICTURE = 110_000
TIME = re.compile(
    r"(?:\w{3}, )?(?:\b[A-Z]\w{2} \d{1,2}, \d{4} |\b\d{1,2} [A-Z]\w{2} )?"
    r"\b\d{1,2}:\d\d(?: [AP]M)?(?: \d{1,2} [A-Z]\w{2}| [A-Z]\w{2} \d{1,2}(?:st|nd|rd|th)?)?"
)
"""A time, with or without its day, as either platform writes it."""
BUTTONS = re.compile("|".join(map(re.escape, ACTIONS.values())))
WORD = "AM0EUR02FT001.eop-EUR02.prod.protection.outlook.com:2026-03-02T08:00:00.000Z/" * 4


NASTY = (
    "<at>Ana</at> [here](https://evil.example) **bold** <b>b</b> {{DATE(2026-01-01T00:00:00Z,SHORT)}} 1. a `c` ~~s~~"
)
LONG = card(
    delivery(said=message(headline=(WORD,), advice=(WORD,), facts=((WORD,),), vendor=(WORD,), basis=(WORD,))),
    mention=CALLED,
)
NASTY_CARD = card(delivery(said=message(headline=(NASTY,), advice=(NASTY,), facts=((NASTY,),))))
WIDE: Card = {
    "type": "AdaptiveCard",
    "version": "1.4",
    "body": [{"type": "TextBlock", "text": "late mail " * 40}],
}


@pytest.fixture(scope="session")
def validator() -> Draft6Validator:
    """Give Microsoft's own schema of version 1.4."""
    return Draft6Validator(json.loads(SCHEMA.read_text(encoding="utf-8-sig")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_card_of_a_real_story_is_valid_and_small(
    story: Callable[[], Evening], language: str, validator: Draft6Validator
) -> None:
    """Without what is Teams' own; the bytes are those that are sent, with their escapes."""
    told = cards(story, language=language)
    assert len(told) >= 2
    for one in told:
        plain = {name: value for name, value in one.items() if name != "msteams"}
        assert [fault.message for fault in validator.iter_errors(plain)] == []
        assert one["lang"] == language
        assert len(json.dumps(envelope(one)).encode()) < BUDGET / 4


@pytest.fixture(scope="module")
def seen() -> Mapping[tuple[str, int], Seen]:
    """Draw all stories at a phone's and a desktop's width, light beside dark, and the odd pages, in one browser."""
    wanted = [(story, width) for story in STORIES for width in (PHONE, DESKTOP)]
    pages = [
        ([Column(cards=cards(story), theme=theme, width=width) for theme in ("light", "dark")], None)
        for story, width in wanted
    ]
    names = [(story.__name__, width) for story, width in wanted]
    odd = {"long": LONG, "nasty": NASTY_CARD, "wide": WIDE}
    pages += [([Column(cards=[one])], None) for one in odd.values()] + [([column], None) for column in same_words()]
    names += [(name, PHONE) for name in (*odd, "slack", "teams")]
    return dict(zip(names, draw(pages), strict=True))


def test_nothing_is_wider_than_the_screen(seen: Mapping[tuple[str, int], Seen]) -> None:
    """Nor cut off in its box."""
    told = {(story.__name__, width): seen[story.__name__, width] for story in STORIES for width in (PHONE, DESKTOP)}
    assert {name: (page.wide, page.overflows) for name, page in told.items() if page.wide or page.overflows} == {}


def test_every_word_is_read_at_every_width_and_in_both_themes(seen: Mapping[tuple[str, int], Seen]) -> None:
    """Microsoft's renderer and markdown-it show what we wrote: no markup is left over, and no escape."""
    for story in STORIES:
        for width in (PHONE, DESKTOP):
            words = seen[story.__name__, width].words
            assert not [mark for mark in ("\\", "{{", "**") if mark in words]
            assert all(words.count(said) >= 2 for one in cards(story) for said in _words(one))


def _words(one: Card) -> Sequence[str]:
    """Give what a card's blocks say between their markup and times."""
    body = one["body"]
    assert isinstance(body, list)
    texts = [re.sub(r"\\(.)", r"\1", block["text"].replace("**", "").replace("<at>", "@")) for block in body]
    return [part.strip() for text in texts for part in re.split(r"\{\{.*?\}\}|</at>", text) if part.strip()]


def test_the_longest_word_breaks_on_a_phone(seen: Mapping[tuple[str, int], Seen]) -> None:
    """A server's name has no blanks."""
    page = seen["long", PHONE]
    assert (page.wide, page.overflows) == ((), False)


def test_untrusted_words_are_drawn_as_they_are(seen: Mapping[tuple[str, int], Seen]) -> None:
    """No mention, link, letter in bold or date comes of them, in the renderer that makes HTML of markdown."""
    page = seen["nasty", PHONE]
    assert page.words.count("[here](https://evil.example)") == 3
    assert page.words.count("**bold**") == 3
    assert page.dressed == 1  # "What to do:", which is ours


def test_a_card_that_is_cut_off_would_be_noticed(seen: Mapping[tuple[str, int], Seen]) -> None:
    """A test that cannot fail shows nothing."""
    assert seen["wide", PHONE].wide


def test_the_pictures_that_are_kept_are_there_and_small() -> None:
    """``make pictures`` draws them anew."""
    wanted = {f"{story.__name__}-{width}.png" for story in STORIES for width in ("phone", "desktop")}
    assert {path.name for path in FOLDER.glob("*.png")} == wanted
    kept = [*FOLDER.glob("*.png"), FOLDER.parent / "same-words.png"]
    assert all(5_000 < path.stat().st_size < LARGEST_PICTURE for path in kept)


def test_both_platforms_show_the_same_sentences_in_the_same_order(seen: Mapping[tuple[str, int], Seen]) -> None:
    """One evening, side by side, as the browser draws it."""
    slack, teams = (_sentences(seen[name, PHONE].words) for name in ("slack", "teams"))
    assert len(slack) > 10
    assert slack == teams


def _sentences(words: str) -> list[str]:
    """Give the sentences that a platform shows; its name, buttons, numbers of incidents and form of times are its own."""
    _, *lines = (re.sub(r"^\W+", "", line).strip() for line in words.splitlines())
    own = [line for line in lines if BUTTONS.sub("", line) and not line.startswith("Incident ")]
    text = " ".join(TIME.sub("TIME", line.replace("\xa0", " ").replace("\u202f", " ")) for line in own)
    return re.split(r"(?<=[.:]) ", text)
