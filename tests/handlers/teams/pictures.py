"""Draw the pictures of cards anew, to be looked at before they are committed: ``python -m tests.handlers.teams.pictures``."""

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.demo.chat.slack_html import blocks_html
from bot.types import Change, Kind
from bot.words import tell
from handlers.slack.render import blocks
from handlers.teams.render import Card, card
from tests.handlers.examples import delivery
from tests.handlers.teams.drawn import DESKTOP, Column, draw
from tests.handlers.test_golden import evening
from tests.stories.evening import Evening, events
from tests.stories.test_stories import (
    a_network_that_flaps,
    first_post_hours_late,
    fixed_too_early_under_a_new_id,
    july_2023,
    only_under_mo_while_blind,
)

FOLDER = Path(__file__).parents[3] / "docs" / "pictures" / "teams"
STORIES: Sequence[Callable[[], Evening]] = (
    july_2023,
    first_post_hours_late,
    only_under_mo_while_blind,
    fixed_too_early_under_a_new_id,
    a_network_that_flaps,
)
"""Five real ones: Microsoft's ids stand in them."""
SIDE = 420
CALLED = "oncall@contoso.com"


def changes(story: Callable[[], Evening]) -> list[Change]:
    """Tell a story and give what rang."""
    return [change for change in events(story) if change.rings]


def cards(story: Callable[[], Evening], *, language: str = "en") -> list[Card]:
    """Dress what a channel gets of a story."""
    known: set[str | None] = set()
    dressed = []
    for change in changes(story):
        message = tell(change, language=language)
        kind = Kind.REPLY if message.incident in known else Kind.HEAD
        known.add(message.incident)
        dressed.append(card(delivery(kind, said=message), mention=CALLED))
    return dressed


def same_words() -> Sequence[Column]:
    """Give one evening as both platforms show it, side by side."""
    told = [(kind, said) for kind, said in evening() if kind is not Kind.EDIT]
    in_slack = "".join(f'<div class="slack">{blocks_html(blocks(said, kind))}</div>' for kind, said in told)
    in_teams = [card(delivery(kind, said=said)) for kind, said in told]
    return [
        Column(html=f"<h2>Slack</h2>{in_slack}", width=SIDE),
        Column(html="<h2>Teams</h2>", cards=in_teams, width=SIDE),
    ]


def main() -> None:
    """Write two pictures a story, on a phone and on a desktop in both themes, and one of both platforms."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages: list[tuple[Sequence[Column], Path]] = []
    for story in STORIES:
        told = cards(story)
        few = {"light": [told[0], told[-1]], "dark": [told[0]]}
        phone = [Column(cards=shown, theme=theme) for theme, shown in few.items()]
        desktop = [Column(cards=shown, theme=theme, width=DESKTOP) for theme, shown in few.items()]
        pages += [(phone, FOLDER / f"{story.__name__}-phone.png"), (desktop, FOLDER / f"{story.__name__}-desktop.png")]
    draw([*pages, (same_words(), FOLDER.parent / "same-words.png")])


if __name__ == "__main__":
    main()
