"""A night on which Slack cannot be reached for three hours while mail fails: what each place reads, word for word."""

from datetime import timedelta

import pytest

from bot.outbox import Audience, SendError, call, drafts
from bot.store import Store
from bot.types import Delivery, Destination, Kind, Moment, Tally, Text
from tests.outbox.desk import Desk
from tests.stories.evening import Evening, bounced, moment, over, refused

OPS = Destination(name="it", platform="slack", fallback=("office", "mail"), edits=True)
OFFICE = Destination(name="office", platform="teams", standby=True)
DOWN = SendError("Slack could not be reached")
MINUTE = timedelta(minutes=1)


def words(text: Text) -> str:
    """Spell a sentence with its times."""
    return "".join(f"{part.at:%H:%M}" if isinstance(part, Moment) else part for part in text)


def read(delivery: Delivery) -> str:
    """Give what is read first, and what came with it."""
    return " | ".join([f"{delivery.kind}: {words(delivery.message.headline)}", *map(words, delivery.message.facts)])


class Night:
    """The evening's changes, told through a courier of which one channel can be cut off."""

    def __init__(self, desk: Desk) -> None:
        """Begin at one o'clock."""
        self.desk = desk
        self.evening = Evening.starts("2025-07-09 01:00")
        self.desk.clock.at = moment("2025-07-09 01:00")

    async def passes(self, until: str, *, step: timedelta = 2 * MINUTE) -> None:
        """Save what is new, and run both channels' jobs every few minutes."""
        self.evening.until(until)
        news = list(self.evening.teller.told)
        self.evening.teller.told.clear()
        while self.desk.clock.at < moment(until):
            self.desk.clock.at += step
            due = [one for one in news if one.at <= self.desk.clock.at]
            news = [one for one in news if one not in due]
            for change in due:
                async with self.desk.store.begin() as tx:
                    heads = await tx.deliveries.heads("default", change.incident.id) if change.incident else frozenset()
                    audience = Audience(destinations=[OPS, OFFICE], heads=heads)
                    await tx.deliveries.save(list(drafts(change, audience, self.desk.clock.at)), self.desk.clock.at)
                    await call(self.desk.jobs, "default", "it", transaction=tx)
            for name in ("it", "office", "office"):
                await self.desk.deliver_at(name)

    def cut(self) -> None:
        """Have Slack fail until it is mended."""
        self.desk.sender.script = [DOWN] * 10_000

    def mend(self) -> None:
        """Have Slack take what comes, and forget what it refused."""
        self.desk.sender.script.clear()
        self.desk.sender.sent.clear()

    def slack(self) -> list[str]:
        """Give what is read in Slack since it was mended, without silent edits."""
        return [read(one) for one in self.desk.sender.sent if one.kind in {Kind.HEAD, Kind.REPLY}]

    def teams(self) -> list[str]:
        """Give what is read in Teams."""
        return [read(one) for one in self.desk.other.sent]


@pytest.fixture
def night(sqlite_store: Store) -> Night:
    """Set up an evening over an empty store."""
    return Night(Desk(sqlite_store))


SOME = Tally(sent=40, arrived=22, refused=18)


async def test_an_outage_that_lasts_is_told_as_it_is_now_with_its_history_below(night: Night) -> None:
    """Teams reads all of it in time; Slack reads one message, once it is back, and never twelve."""
    trouble = refused("2025-07-09 01:20")
    night.cut()
    night.evening.shows("2025-07-09 01:22", trouble, tally=SOME)
    await night.passes("2025-07-09 02:10")
    night.evening.shows("2025-07-09 02:12", trouble, bounced("2025-07-09 02:10"), tally=SOME)
    await night.passes("2025-07-09 04:20")
    night.mend()
    await night.passes("2025-07-09 04:40")
    assert night.slack() == SLACK_LASTING
    assert night.teams() == TEAMS_LASTING


async def test_an_outage_that_nobody_heard_of_is_told_in_one_message_in_the_past(night: Night) -> None:
    """It is over, and what bounced still has to be sent again."""
    trouble = refused("2025-07-09 01:20")
    night.cut()
    night.evening.shows("2025-07-09 01:22", trouble, tally=SOME)
    await night.passes("2025-07-09 03:00")
    night.evening.shows("2025-07-09 03:10", over(trouble, "2025-07-09 03:00"))
    await night.passes("2025-07-09 04:20")
    night.mend()
    await night.passes("2025-07-09 04:40")
    assert night.slack() == SLACK_PAST
    assert night.teams() == TEAMS_PAST
    past = night.desk.sender.sent[0].message
    assert words(past.advice)
    assert words(past.basis) == "Nobody here heard of it while it lasted."


OPENED = (
    "head: Sending mail fails. | It began at about 01:20, 2 minutes ago. | 6 of the last 10 test messages were refused. "
    "The server's answer: 503 5.5.1."
)
MORE = (
    "Something else is wrong now. Mail to people outside bounces. Sending mail fails. | It began at about 02:10, "
    "2 minutes ago. | 6 of the last 10 test messages were refused. The server's answer: 503 5.5.1. | 7 of the last 10 "
    "test messages have bounced. The server's answer: 5.7.705."
)
LASTED = (
    "It lasted 1 hour and 40 minutes: from 01:20 to 03:00. | In the last ten minutes 40 test messages arrived, all on "
    "time."
)
GAP = (
    "head: This channel could not be reached for 3 hours. | Meanwhile office was told. | The reason was: Slack could not "
    "be reached"
)
SLACK_LASTING = [f"head: {MORE}", "reply: This waited to be told: | 01:22 Sending mail fails.", GAP]
TEAMS_LASTING = [OPENED, f"reply: {MORE}"]
SLACK_PAST = [f"head: It is over. From 01:22 to 03:10 the news was: Sending mail fails. | {LASTED}", GAP]
TEAMS_PAST = [OPENED, f"reply: It is over: mail flows normally again. | {LASTED}"]
