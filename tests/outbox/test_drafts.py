"""What a change gives to say, to whom, and who stands in for whom."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.advisories import read
from bot.correlate import in_doubt
from bot.outbox import Audience, drafts
from bot.types import Change, Destination, Direction, Draft, Kind, Reading, Reason, Severity, Tally
from tests.handlers.examples import NOW, incident
from tests.stories.evening import Evening, closed, issue, over, refused

TEAMS = Destination(name="office", platform="teams", fallback=("ops",))
SLACK = Destination(name="ops", platform="slack", standby=True, edits=True)


def advisory(id_: str, title: str, service: str) -> Reading:
    """Give what a vendor says of its own chat."""
    return read(issue(id_, title, title, service=service), now=NOW)


TROUBLE = {
    "teams": advisory("TM1112332", "Users may be unable to access Microsoft Teams", "Microsoft Teams"),
    "slack": advisory("1435", "Trouble with sending messages", "Slack"),
}
TEAMS_TROUBLE = {"teams": TROUBLE["teams"]}


def change(reason: Reason = Reason.OPENED, *, rings: bool = True) -> Change:
    """Give news of the example incident."""
    return Change(at=NOW, reason=reason, incident=incident(), rings=rings, why="", about=("1",))


def told(
    *destinations: Destination, doubts: Mapping[str, Reading] | None = None, heads: tuple[str, ...] = (), **news: object
) -> dict[str, Draft]:
    """Draft, and give the last draft of each destination."""
    audience = Audience(destinations=destinations, heads=frozenset(heads), doubts=doubts or {})
    return {one.destination: one for one in drafts(change(**news), audience, NOW)}  # type: ignore[arg-type]  # examples


def basis(draft: Draft) -> str:
    """Give how a message says that it is known, and why it is told."""
    return "".join(map(str, draft.message.basis))


def test_while_teams_is_well_the_fallback_hears_nothing() -> None:
    """It is on standby."""
    assert set(told(TEAMS, SLACK)) == {"office"}


def test_while_teams_is_in_doubt_the_fallback_is_told_too_and_why() -> None:
    """The issue's own case: Microsoft reports a problem with Teams."""
    found = told(TEAMS, SLACK, doubts=TEAMS_TROUBLE)
    assert set(found) == {"office", "ops"}
    why = "Teams may not show this, so it is told here too: Microsoft reports a problem with Teams (TM1112332)."
    assert basis(found["ops"]).endswith(why)
    assert "Teams may not" not in basis(found["office"])
    assert found["ops"].message.instead_of == ("office",)


def test_slack_in_doubt_goes_the_other_way() -> None:
    """Its own page says so."""
    slack, teams = replace(SLACK, standby=False, fallback=("office",)), replace(TEAMS, fallback=(), standby=True)
    found = told(slack, teams, doubts={"slack": TROUBLE["slack"]})
    assert "Slack may not show this, so it is told here too: Slack reports a problem with Slack (1435)." in basis(
        found["office"]
    )


def test_a_fallback_that_is_told_anyhow_is_told_once_and_why() -> None:
    """No doubles."""
    listener = replace(SLACK, standby=False)
    audience = Audience(destinations=[TEAMS, listener], doubts=TEAMS_TROUBLE)
    found = [one for one in drafts(change(), audience, NOW) if one.kind is Kind.HEAD]
    assert [one.destination for one in found] == ["office", "ops"]
    assert "may not show this" in basis(found[1])


def test_two_channels_with_one_fallback_make_one_message() -> None:
    """It stands in for both."""
    other = replace(TEAMS, name="branch")
    found = told(TEAMS, other, SLACK, doubts=TEAMS_TROUBLE)
    assert found["ops"].message.instead_of == ("office", "branch")
    assert basis(found["ops"]).count("may not show this") == 1


def test_the_way_leads_past_a_fallback_that_is_in_doubt_itself() -> None:
    """To the first one that is not, and nowhere where there is none."""
    second = Destination(name="second", platform="teams", fallback=("ops",), standby=True)
    assert "ops" in told(replace(TEAMS, fallback=("second",)), second, SLACK, doubts=TEAMS_TROUBLE)
    circle = replace(second, fallback=("office",))
    assert set(told(replace(TEAMS, fallback=("second",)), circle, doubts=TEAMS_TROUBLE)) == {"office"}
    assert set(told(replace(TEAMS, fallback=()), SLACK, doubts=TEAMS_TROUBLE)) == {"office"}
    both = told(TEAMS, replace(SLACK, fallback=("office",)), doubts=TROUBLE)
    assert set(both) == {"office"}


def test_what_the_channel_does_not_want_its_fallback_is_not_told() -> None:
    """It stands in for what would have been read there."""
    inbound = replace(TEAMS, directions=frozenset({Direction.INBOUND}))
    mild = replace(TEAMS, severities=frozenset({Severity.GOOD}))
    for picky in (inbound, mild):
        assert told(picky, SLACK, doubts=TEAMS_TROUBLE) == {}


def test_what_rings_nobody_goes_no_other_way() -> None:
    """An edit that nobody sees is no loss."""
    assert told(TEAMS, SLACK, doubts=TEAMS_TROUBLE, rings=False) == {}


def test_whoever_was_told_how_it_began_is_told_that_it_is_over() -> None:
    """Also on standby, and when the doubt is gone."""
    found = told(TEAMS, SLACK, heads=("office", "ops"), reason=Reason.RESOLVED)
    assert set(found) == {"office", "ops"}
    assert set(told(TEAMS, SLACK, heads=("office",), reason=Reason.RESOLVED)) == {"office"}


def test_later_news_goes_below_the_first() -> None:
    """As anywhere."""
    audience = Audience(destinations=[TEAMS, SLACK], heads=frozenset({"office", "ops"}), doubts=TEAMS_TROUBLE)
    kinds = [(one.destination, one.kind) for one in drafts(change(Reason.WORSE), audience, NOW)]
    assert kinds == [("office", Kind.REPLY), ("ops", Kind.REPLY), ("ops", Kind.EDIT)]


def test_the_night_when_teams_went_down_with_mail() -> None:
    """A story: Teams is in doubt before mail fails, is fixed while it lasts, and all who heard of it hear its end."""
    evening, heads, heard = Evening.starts("2025-07-09 22:00"), set[str](), list[str]()
    down = issue("TM1112332", "Users may be unable to access Microsoft Teams", "-", service="Microsoft Teams")
    trouble = refused("2025-07-09 22:20")

    def hear() -> None:
        for news in evening.teller.told:
            doubts = in_doubt(evening.teller.book.listed, evening.clock)
            audience = Audience(destinations=[TEAMS, SLACK], heads=frozenset(heads), doubts=doubts)
            loud = [one for one in drafts(news, audience, evening.clock) if one.kind in {Kind.HEAD, Kind.REPLY}]
            found = loud if news.rings else []
            heads.update(one.destination for one in found)
            heard.extend(f"{news.reason} to {one.destination}" for one in found)
        evening.teller.told.clear()

    evening.lists("2025-07-09 22:10", down)
    evening.shows("2025-07-09 22:22", trouble, tally=Tally(sent=40, arrived=22, refused=18))
    hear()
    evening.lists("2025-07-09 23:30", closed(down, "2025-07-09T23:00:00Z"))
    evening.shows("2025-07-10 01:10", over(trouble, "2025-07-10 01:00"))
    hear()
    assert heard == ["opened to office", "opened to ops", "resolved to office", "resolved to ops"]


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ja"])
def test_the_reason_is_said_in_the_language_of_who_hears_it(language: str) -> None:
    """With the advisory's id."""
    said = basis(told(TEAMS, replace(SLACK, language=language), doubts=TEAMS_TROUBLE)["ops"])
    assert "TM1112332" in said
    assert ("may not show" in said) is (language == "en")
