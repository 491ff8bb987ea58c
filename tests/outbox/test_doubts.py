"""What may have arrived, and nobody can look: told twice at most, and never left at nothing."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.outbox import SendError, check_doubts
from bot.outbox.backoff import DOUBTED
from bot.outbox.catching_up import all_of
from bot.store import State, Store
from bot.types import Delivery, Draft, Kind, Landed, Severity
from tests.outbox.desk import ARGS, HEAD, Desk, Scripted, facts, headline, message

DOWN = SendError("cannot connect")
MINUTE = timedelta(minutes=1)
ASKED = "Perhaps this did not arrive here: Sending mail fails."


def lost(times: int = 1) -> list[SendError]:
    """Give answers that never came."""
    return [SendError("no answer", unknown=True) for _ in range(times)]


@dataclass
class Blind(Scripted):
    """A sender that has nothing to look in; ``refused`` counts what it left unsent."""

    refused: list[Delivery] = field(default_factory=list)

    async def send(self, delivery: Delivery) -> Landed | None:
        """Make no third copy."""
        try:
            check_doubts(delivery)
        except SendError:
            self.refused.append(delivery)
            raise
        return await super().send(delivery)


@pytest.fixture
def desk(sqlite_store: Store) -> Desk:
    """Set up a courier over an empty store, to destinations that nobody can look into."""
    return Desk(sqlite_store, sender=Blind(), other=Blind())


async def say(desk: Desk, *script: SendError, wait: timedelta = 2 * MINUTE) -> None:
    """Tell the example message, and try as often as it is scripted."""
    desk.sender.script = list(script)
    await desk.tell(message())
    for _ in script:
        await desk.deliver_at("it", wait)


async def test_the_second_answer_that_is_lost_is_the_last_copy_and_a_line_asks_instead(desk: Desk) -> None:
    """It calls nobody by name, and says that it may be known already."""
    await say(desk, *lost(2))
    await desk.deliver_at("it", 2 * MINUTE)
    assert [headline(one) for one in desk.sender.sent[:3]] == ["Sending mail fails."] * 2 + [ASKED]
    asked = desk.sender.sent[2]
    assert (asked.message.severity, asked.message.advice) == (Severity.INFO, ())
    assert facts(asked) == ["It was sent twice, and no answer came. It may stand here once, twice, or not at all."]
    assert (await desk.states())[0] == (Kind.HEAD, State.SENT)
    assert await desk.head() == HEAD


async def test_the_fallback_is_told_once_before_the_line_is_sent(desk: Desk) -> None:
    """Also where the process died both times, and no try ever failed."""
    await desk.tell(message())
    for _ in range(2):
        async with desk.store.begin() as tx:
            assert await tx.deliveries.claim("default", "it", desk.clock.at, MINUTE)
        desk.clock.at += MINUTE
    desk.sender.script = lost()
    await desk.deliver_at("it")
    await desk.deliver_at("office")
    await desk.deliver_at("it", 3 * DOUBTED)
    await desk.deliver_at("office")
    (told,) = desk.other.sent
    said = "".join(map(str, told.message.basis))
    assert said.endswith("it cannot be reached. (its answers were lost, so it may have been told already)")
    assert [headline(one) for one in desk.sender.sent][:2] == [ASKED, ASKED]


async def test_the_line_is_sent_until_there_is_an_answer_at_twice_the_distance_each_time(desk: Desk) -> None:
    """People may read every one of them; never none, and a dozen at most in the two days that news stands."""
    await say(desk, *lost(2))
    pauses = list[timedelta]()
    while (await desk.states())[0] == (Kind.HEAD, State.WAITING) and len(pauses) < 20:
        due = await desk.due("it")
        assert due is not None
        pauses.append(due - desk.clock.at)
        desk.clock.at = max(due, desk.clock.at)
        desk.sender.script = lost()
        await desk.deliver_at("it")
    lines = desk.sender.sent[2:]
    assert {headline(one) for one in lines} == {ASKED}
    assert 5 < len(lines) <= 12
    assert pauses[1:-1] == [DOUBTED * 2**n for n in range(1, len(pauses) - 1)]


async def test_a_try_that_surely_failed_leaves_the_second_copy_free(desk: Desk) -> None:
    """What could not connect is no copy."""
    await say(desk, *lost(), DOWN, DOWN)
    await desk.deliver_at("it", 2 * MINUTE)
    assert [headline(one) for one in desk.sender.sent[:4]] == ["Sending mail fails."] * 4
    assert desk.sender.refused == []  # type: ignore[attr-defined]  # it is the blind one


async def test_told_together_each_counts_its_own_copies(desk: Desk) -> None:
    """What is new goes out whole in the message in which the older is only asked about."""
    desk.sender.script = []
    office = desk.other
    office.script = lost(2)
    await desk.tell(message(), to="office")
    await desk.deliver_at("office")
    await desk.deliver_at("office", MINUTE)
    await desk.tell(message(incident="2", at=desk.clock.at, headline=("No mail comes in.",)), to="office")
    await desk.deliver_at("office", MINUTE)
    told = [[headline(one) for one in all_of(sent)] for sent in office.sent]
    assert told[:2] == [["Sending mail fails."]] * 2
    assert told[2] == ["No mail comes in.", ASKED]
    assert [state for _, state in await desk.states()][:2] == [State.SENT, State.SENT]


async def test_an_edit_may_be_made_any_number_of_times(desk: Desk) -> None:
    """It adds no copy."""
    await desk.tell(message())
    await desk.deliver()
    desk.sender.script = lost(4)
    await desk.tell(message(at=desk.clock.at + MINUTE), heads=("it",), rings=False)
    for _ in range(5):
        await desk.deliver_at("it", 2 * MINUTE)
    edits = [one for one in desk.sender.sent if one.kind is Kind.EDIT]
    assert [headline(one) for one in edits] == ["Sending mail fails."] * 5


async def test_a_picture_is_given_up_rather_than_shown_a_third_time(desk: Desk) -> None:
    """The words said it all."""
    await desk.tell(message())
    await desk.deliver()
    said = desk.sender.sent[0].message
    async with desk.store.begin() as tx:
        shown = Draft(destination="it", kind=Kind.PICTURE, message=said, key="p", due=desk.clock.at)
        await tx.deliveries.save([shown], desk.clock.at)
    desk.sender.script = lost(2)
    for _ in range(3):
        desk.clock.at += 2 * MINUTE
        await desk.jobs.tasks["pictures"](ARGS)
    assert (await desk.states())[-1] == (Kind.PICTURE, State.FAILED)
    assert (desk.lost, [one.kind for one in desk.sender.sent]) == ([], [Kind.HEAD, Kind.PICTURE, Kind.PICTURE])
