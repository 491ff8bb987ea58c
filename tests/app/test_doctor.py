"""How doctor proves routes: with a clock that stands still and mailboxes in memory."""

import asyncio
from collections.abc import Sequence

from bot.app.doctor import routes
from bot.app.eyes import Eyes
from bot.mail import Accepted, Letter, MailError, Outcome, OwnTrouble
from bot.mail import Sender as SendingEnd
from bot.mail.outcomes import Outgoing
from bot.types import Direction, Route
from bot.watch import Canary, Line, MailboxWatch, Tools
from tests.mail.worlds import SEAL, StillClock, chance, mailbox
from tests.watch.test_mailbox import FakeInbox

LIMIT = 20.0


class Sender:
    """Delivers what it is given at once."""

    def __init__(self, inboxes: dict[str, FakeInbox]) -> None:
        self.inboxes = inboxes

    async def send(self, message: Outgoing) -> Outcome:
        self.inboxes[str(message["To"]).partition("@")[0]].put(message.as_bytes())
        return Accepted(reply="250 ok")


class Looked(FakeInbox):
    """Says when it was looked into."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__(clock)
        self.looked = asyncio.Event()

    async def letters(self) -> Sequence[Letter]:
        self.looked.set()
        return await super().letters()


class Frozen(FakeInbox):
    """Answers nothing until another mailbox was looked into."""

    def __init__(self, clock: StillClock, other: Looked) -> None:
        super().__init__(clock)
        self.other = other

    async def letters(self) -> Sequence[Letter]:
        await self.other.looked.wait()
        raise MailError("The mailbox frozen cannot be read: no answer in time")


class Locked:
    """May not sign in."""

    async def send(self, message: Outgoing) -> Outcome:
        return OwnTrouble(stage="auth", reply=f"535 no, {message['From']}", advice="Check the password.")


def eyes(
    clock: StillClock, inboxes: dict[str, FakeInbox], receivers: Sequence[str], sender: SendingEnd | None = None
) -> Eyes:
    """Give routes from alice, one to each receiver named."""
    lines = {
        f"r{number}": Line(
            route=Route(name=f"r{number}", direction=Direction.OUTBOUND, vantage="here"),
            sender=mailbox("alice"),
            receiver=mailbox(to),
        )
        for number, to in enumerate(receivers)
    }
    watches = {
        name: MailboxWatch(
            name, inbox, seal=SEAL, clock=clock, arriving=[one for one, to in lines.items() if to.receiver.name == name]
        )
        for name, inbox in inboxes.items()
    }
    tools = Tools(seal=SEAL, clock=clock, chance=chance())
    canary = Canary(list(lines.values()), {"alice": sender or Sender(inboxes)}, tools)
    return Eyes(tenant="default", feed=None, mailboxes=watches, calendars={}, pages={}, canary=canary, lines=lines)


async def test_a_hundred_routes_of_one_mailbox_are_all_proved() -> None:
    """In turns, as its provider takes thirty messages a minute."""
    clock = StillClock()
    inboxes = {"bob": FakeInbox(clock)}
    results = await routes(eyes(clock, inboxes, ["bob"] * 100), clock)
    assert len(results) == 100
    assert [one.fault for one in results if one.fault] == []
    assert inboxes["bob"].listed == 100


async def test_a_mailbox_that_does_not_answer_delays_no_other() -> None:
    """Its own routes fail with its reason."""
    clock = StillClock()
    bob = Looked(clock)
    async with asyncio.timeout(LIMIT):
        stuck, sound = await routes(eyes(clock, {"frozen": Frozen(clock, bob), "bob": bob}, ["frozen", "bob"]), clock)
    assert stuck.fault == "The mailbox frozen cannot be read: no answer in time"
    assert not sound.fault


async def test_a_mailbox_that_cannot_send_fails_all_its_routes_with_its_reason() -> None:
    """And nobody waits for messages that were never sent."""
    clock = StillClock()
    results = await routes(eyes(clock, {"bob": FakeInbox(clock)}, ["bob"] * 3, Locked()), clock)
    fault = "Check the password. The server said: 535 no, alice@test.example"
    assert [one.fault for one in results] == [fault] * 3
    assert clock.slept == []
