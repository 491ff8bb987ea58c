import asyncio
from datetime import timedelta

import pytest

from bot.mail import DEAD, Accepted, FateUnknown, NoAnswer, Outcome, OwnTrouble, Refusal
from bot.mail.outcomes import Outgoing
from bot.types import Direction, Observation, Refused, Route, Sent, SourceBack, SourceBlind, Unreachable
from bot.watch import Canary, Line, Tools
from tests.mail.worlds import NOON, SEAL, StillClock, chance, mailbox

OUT = Route(name="out", direction=Direction.OUTBOUND, vantage="eu", tenant="t")
BACK = Route(name="back", direction=Direction.INBOUND, vantage="eu", tenant="t")
SECOND = timedelta(seconds=1)


class Told:
    """A sender that answers as told, a second later, and keeps what it was given."""

    def __init__(self, clock: StillClock, outcome: Outcome) -> None:
        self.clock, self.outcome = clock, outcome
        self.given: list[Outgoing] = []

    async def send(self, message: Outgoing) -> Outcome:
        self.given.append(message)
        self.clock.time += SECOND
        return self.outcome


class Stuck:
    """A sender whose server never answers."""

    async def send(self, message: Outgoing) -> Outcome:  # noqa: ARG002  # never looked at
        await asyncio.Event().wait()
        raise AssertionError


async def dead(_: str) -> bool:
    return False


def canary(clock: StillClock, told: Told, *, readable: bool = True, per_minute: int = 30) -> Canary:
    line = Line(route=OUT, sender=mailbox("alice"), receiver=mailbox("bob"))
    tools = Tools(seal=SEAL, clock=clock, chance=chance(), readable=lambda _: readable)
    return Canary([line], {"alice": told}, tools, per_minute=per_minute)


def probe(told: Told) -> str:
    found = SEAL.find(str(told.given[-1]["Subject"]))
    assert found is not None
    return found.id


@pytest.mark.parametrize(("outcome", "accepted"), [(Accepted(reply="250 ok"), 1.0), (FateUnknown(error="cut"), None)])
async def test_a_message_that_is_or_may_be_on_its_way_is_sent(outcome: Outcome, accepted: float | None) -> None:
    """Its time is when handing over began, and its token says the same; the server took it a second later."""
    clock = StillClock()
    told = Told(clock, outcome)
    (sent,) = await canary(clock, told).send("out", NOON)
    assert sent == Sent(at=NOON, tenant="t", route="out", probe=probe(told), accepted_seconds=accepted)
    found = SEAL.find(str(told.given[0]["Subject"]))
    assert found is not None
    assert (found.route, found.sent) == ("out", NOON)
    assert told.given[0]["To"] == "bob@test.example"


@pytest.mark.parametrize("readable", [True, False])
async def test_a_refusal_is_told_after_the_sending(*, readable: bool) -> None:
    """Even where nobody can look into the receiver's mailbox."""
    clock = StillClock()
    told = Told(clock, Refusal(stage="mail", reply="503 5.5.1 bad sequence"))
    sent, refused = await canary(clock, told, readable=readable).send("out", NOON)
    assert sent == Sent(at=NOON, tenant="t", route="out", probe=probe(told))
    assert refused == Refused(
        at=NOON + SECOND, tenant="t", route="out", probe=probe(told), stage="mail", reply="503 5.5.1 bad sequence"
    )


async def test_no_answer_is_unreachable() -> None:
    """Which is not the same as refused."""
    clock = StillClock()
    told = Told(clock, NoAnswer(stage="connect", error="no route to host"))
    _, lost = await canary(clock, told).send("out", NOON)
    assert lost == Unreachable(at=NOON + SECOND, tenant="t", route="out", probe=probe(told), error="no route to host")


@pytest.mark.parametrize(
    ("outcome", "kinds"),
    [
        (NoAnswer(stage="connect", error="no such name"), [SourceBlind]),
        (Refusal(stage="rcpt", reply="550 no"), [Sent, Refused]),
    ],
)
async def test_no_answer_while_this_machines_resolver_is_dead_is_trouble_of_its_own(
    outcome: Outcome, kinds: list[type[Observation]]
) -> None:
    """With what to do; a server that answers was found, so it counts."""
    clock = StillClock()
    line = Line(route=OUT, sender=mailbox("alice"), receiver=mailbox("bob"))
    tools = Tools(seal=SEAL, clock=clock, chance=chance(), resolves=dead)
    seen = await Canary([line], {"alice": Told(clock, outcome)}, tools).send("out", NOON)
    assert [type(one) for one in seen] == kinds
    if isinstance(seen[0], SourceBlind):
        assert seen[0].error == f"{DEAD} (no such name)"


async def test_trouble_of_its_own_is_blindness_once_and_never_a_sent_message() -> None:
    """No message that was never sent may count as lost."""
    clock = StillClock()
    told = Told(clock, OwnTrouble(stage="auth", reply="535 no", advice="Check the password."))
    sending = canary(clock, told)
    (blind,) = await sending.send("out", NOON)
    assert blind == SourceBlind(
        at=NOON + SECOND,
        tenant="t",
        source="sender:alice",
        error="Check the password. The server said: 535 no",
        leaving=("out",),
    )
    assert await sending.send("out", NOON) == []
    told.outcome = Accepted(reply="250 ok")
    back, sent = await sending.send("out", NOON)
    assert isinstance(back, SourceBack)
    assert isinstance(sent, Sent)


async def test_trouble_without_advice_says_what_the_cause_says() -> None:
    """Entra's advice stands in its own words."""
    clock = StillClock()
    told = Told(clock, OwnTrouble(stage="auth", reply="The secret has expired", advice=""))
    (blind,) = await canary(clock, told).send("out", NOON)
    assert isinstance(blind, SourceBlind)
    assert blind.error == "The secret has expired"


async def test_a_message_to_a_mailbox_that_cannot_be_read_is_not_told() -> None:
    """Nobody can say when it arrives, and it must not pass for late."""
    clock = StillClock()
    told = Told(clock, Accepted(reply="250 ok"))
    assert await canary(clock, told, readable=False).send("out", NOON) == []
    assert len(told.given) == 1


async def test_the_limit_of_the_mailbox_is_kept() -> None:
    """The third message waits for its turn, on the clock, and its time begins after that."""
    clock = StillClock()
    told = Told(clock, Accepted(reply="250 ok"))
    sending = canary(clock, told, per_minute=2)
    told.outcome = Accepted(reply="250 ok")
    for _ in range(2):
        await sending.send("out", NOON)
    (sent,) = await sending.send("out", clock.now())
    assert clock.slept == [timedelta(seconds=58)]
    assert sent.at == NOON + timedelta(minutes=1)


async def test_a_message_whose_turn_is_too_far_off_is_left_out() -> None:
    """A queue of probes would only measure itself."""
    clock = StillClock()
    told = Told(clock, Accepted(reply="250 ok"))
    sending = canary(clock, told, per_minute=1)
    for expected in (1, 2, 2):
        await sending.send("out", NOON)
        assert len(told.given) == expected


async def test_a_route_that_is_stuck_costs_the_others_nothing() -> None:
    """Each message is a call of its own."""
    clock = StillClock()
    told = Told(clock, Accepted(reply="250 ok"))
    lines = [
        Line(route=OUT, sender=mailbox("alice"), receiver=mailbox("bob")),
        Line(route=BACK, sender=mailbox("bob"), receiver=mailbox("alice")),
    ]
    tools = Tools(seal=SEAL, clock=clock, chance=chance())
    sending = Canary(lines, {"alice": Stuck(), "bob": told}, tools)
    stuck = asyncio.create_task(_all(sending, "out"))
    (sent,) = await sending.send("back", NOON)
    assert isinstance(sent, Sent)
    assert not stuck.done()
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)


async def _all(sending: Canary, route: str) -> list[Observation]:
    return list(await sending.send(route, NOON))
