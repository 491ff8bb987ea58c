"""The July story."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.demo.july import july_2023
from bot.demo.story import Scene, Story

STORY = july_2023()


class Feed:
    """Listens to what the events do to a world, without one."""

    def __init__(self) -> None:
        """Begin with nothing listed and nothing broken."""
        self.listed: dict[str, dict[str, Any]] = {}
        self.broken: list[object] = []
        self.frozen = False
        self.graph = self.mail = self.faults = self.calendars = self

    def publish(self, issue: dict[str, Any]) -> None:
        """List an issue."""
        self.listed[issue["id"]] = issue

    def withdraw(self, issue_id: str) -> None:
        """List it no more."""
        del self.listed[issue_id]

    def freeze(self) -> None:
        """Show old times."""
        self.frozen = True

    def switch_on(self, fault: object) -> None:
        """Break something."""
        self.broken.append(fault)

    def switch_off(self, fault: object) -> None:
        """Mend it."""
        self.broken.remove(fault)


def told_until(moment: str, story: Story) -> Feed:
    """Tell the story up to a moment; gives what is listed and broken then."""
    feed = Feed()
    for event in sorted(story.events, key=lambda event: event.at):
        if event.at <= datetime.fromisoformat(moment):
            event.happen(feed)  # type: ignore[arg-type]  # all of the world that events touch
    return feed


@pytest.mark.parametrize(
    ("moment", "listed", "broken"),
    [
        ("2023-07-17T14:59Z", {}, 0),
        ("2023-07-17T15:00Z", {}, 1),
        ("2023-07-17T22:10Z", {"EX648815": False}, 1),
        ("2023-07-18T05:00Z", {"EX648815": False}, 2),
        ("2023-07-18T07:32Z", {"EX648815": False, "EX649175": False}, 2),
        ("2023-07-18T10:39Z", {"EX648815": False, "EX649175": True}, 2),
        ("2023-07-18T10:45Z", {"EX648815": False}, 2),
        ("2023-07-18T10:55Z", {"EX648815": False}, 1),
        ("2023-07-18T19:30Z", {"EX648815": False}, 0),
        ("2023-07-18T19:40Z", {"EX648815": True}, 0),
        ("2023-07-19T09:02Z", {"EX648815": True, "EX649488": False}, 0),
    ],
)
def test_what_is_so_at_each_moment(moment: str, listed: dict[str, bool], broken: int) -> None:
    """Which tickets are listed, whether they are closed, and how many faults there are."""
    feed = told_until(moment, july_2023())
    assert {key: issue["isResolved"] for key, issue in feed.listed.items()} == listed
    assert len(feed.broken) == broken


@pytest.mark.parametrize(
    ("moment", "frozen"),
    [("2023-07-19T08:55Z", False), ("2023-07-19T08:56Z", True), ("2023-07-19T09:20Z", True)],
)
def test_calendars_show_old_times_when_the_third_ticket_comes(moment: str, *, frozen: bool) -> None:
    """So our own entry in a calendar shows what the ticket says, until the end of the story."""
    assert told_until(moment, july_2023()).frozen is frozen


def test_everything_happens_in_a_scene() -> None:
    """Nothing changes while the story is skipped."""
    seen = [event for scene in STORY.scenes for event in STORY.within(scene)]
    assert len(seen) == len(STORY.events)


def test_scenes_follow_each_other() -> None:
    """And leave gaps to skip."""
    ends = [moment for scene in STORY.scenes for moment in (scene.opens, scene.closes)]
    assert ends == sorted(ends)


def test_the_scenes_fit_into_little_more_than_four_minutes() -> None:
    """At sixty times the speed, even if every one runs to its end."""
    length = sum((scene.closes - scene.opens for scene in STORY.scenes), timedelta())
    assert length / 60 <= timedelta(minutes=4, seconds=10)


@pytest.mark.parametrize("scene", STORY.scenes, ids=lambda scene: scene.name)
def test_every_scene_expects_something(scene: Scene) -> None:
    """Otherwise it need not be played."""
    assert scene.expects


def test_the_vendor_says_that_it_ended_before_it_did() -> None:
    """The gap between word and deed is what the story is about."""
    issue = told_until("2023-07-18T10:39Z", july_2023()).listed["EX649175"]
    assert issue["endDateTime"] == "2023-07-18T08:25:00Z"
    assert issue["lastModifiedDateTime"] == "2023-07-18T10:39:00Z"


def test_only_rare_words_of_the_cause_join_the_tickets() -> None:
    """Their titles have nothing in common, and none names another."""
    feed = told_until("2023-07-18T10:39Z", july_2023()).listed
    feed |= told_until("2023-07-19T09:02Z", july_2023()).listed
    texts = {key: " ".join(post["description"]["content"] for post in issue["posts"]) for key, issue in feed.items()}
    assert len(texts) == 3
    assert all("Control Flow Messages" in text for text in texts.values())
    assert not any(other in text for key, text in texts.items() for other in texts if other != key)


def test_every_telling_has_faults_of_its_own() -> None:
    """A fault is mended only once."""
    one, other = told_until("2023-07-17T15:00Z", july_2023()), told_until("2023-07-17T15:00Z", july_2023())
    assert one.broken[0] is not other.broken[0]


def test_times_are_utc() -> None:
    """Every moment of it."""
    assert all(event.at.tzinfo is UTC for event in STORY.events)
