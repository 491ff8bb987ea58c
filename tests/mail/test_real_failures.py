"""What a server can do to a message that is handed over, by real servers, step by step."""

from dataclasses import replace

import httpx
import pytest

from bot.detect.replies import is_own_trouble
from bot.mail import Mailbox, Security, Server
from bot.microsoft import open_http
from bot.types import (
    Arrived,
    Bounced,
    Observation,
    Refused,
    Sent,
    SourceBlind,
    Unreachable,
)
from tests.mail.real import World
from tests.mail.worlds import SECRET

REFUSALS = {
    "connect": "421 4.3.2 service not available",
    "tls": "certificate verify failed",
    "auth": "435 Unable to authenticate at present",
    "mail": "550 5.7.1 you may not send here",
    "rcpt": "550 5.1.1 no such user here",
    "data": "554 5.6.0 corrupt message content",
}
"""Each step at which a server can refuse, and what this one says there; a final no to AUTH is the canary's own trouble."""


def refused_at(stage: str, world: World) -> tuple[Mailbox, str]:
    """Give a sender and a recipient between which exim refuses at that step."""
    alice, here = world.trusted("alice"), "127.0.0.1"
    faults = {
        "connect": (replace(alice, smtp=Server(host=here, port=world.servers.busy, security=Security.PLAIN)), "bob"),
        "tls": (replace(alice, smtp=Server(host=here, port=world.proxy.port, security=Security.STARTTLS)), "bob"),
        "auth": (world.mailbox("alice", password="later"), "bob"),
        "mail": (world.trusted("barred"), "bob"),
        "rcpt": (alice, "reject"),
        "data": (alice, "corrupt"),
    }
    return faults[stage]


@pytest.mark.parametrize("stage", REFUSALS)
async def test_a_refusal_is_told_with_its_step(world: World, stage: str) -> None:
    """And with the words that were said there."""
    sent, refused = await world.send_from(*refused_at(stage, world))
    assert isinstance(sent, Sent)
    assert isinstance(refused, Refused)
    assert refused.stage == stage
    assert REFUSALS[stage] in refused.reply


async def test_mail_is_spoken_to_a_server_that_looks_at_what_is_spoken(world: World) -> None:
    """Once HTTP was spoken as well, with the same authorities trusted: exim hangs up on whoever says that it speaks HTTP."""
    async with open_http() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(f"https://127.0.0.1:{world.servers.smtp}")
    _, refused = await world.send_from(*refused_at("tls", world))
    assert isinstance(refused, Refused)
    assert REFUSALS["tls"] in refused.reply


@pytest.mark.parametrize(("password", "kind"), [(SECRET, Sent), ("wrong", SourceBlind)])
async def test_a_sign_in_that_exim_refuses_is_the_canarys_own_trouble(
    world: World, password: str, kind: type[Observation]
) -> None:
    """With what to do about it; the right one signs in."""
    (seen,) = await world.send_from(world.mailbox("alice", password=password), "frank")
    assert isinstance(seen, kind)
    if isinstance(seen, SourceBlind):
        assert "Check its user, password" in seen.error
        assert "535" in seen.error


@pytest.mark.parametrize("host", ["mail.invalid", "127.0.0.1"])
async def test_a_name_that_nobody_knows_and_a_port_that_nobody_serves_are_unreachable(
    world: World, host: str, unused_tcp_port: int
) -> None:
    """Which is not the same as refused."""
    nowhere = Server(host=host, port=unused_tcp_port, security=Security.STARTTLS)
    _, lost = await world.send_from(replace(world.trusted("alice"), smtp=nowhere), "bob")
    assert isinstance(lost, Unreachable)


async def test_a_line_that_is_dropped_at_once_is_unreachable(world: World) -> None:
    """Nobody said a word."""
    world.proxy.fault = "drop"
    _, lost = await world.send("bob")
    assert isinstance(lost, Unreachable)


async def test_a_server_that_answers_byte_by_byte_is_waited_for(world: World) -> None:
    """Slow is not broken."""
    world.proxy.fault = "slow"
    (sent,) = await world.send("grace")
    (arrived,) = await world.look("grace", route="grace")
    assert isinstance(sent, Sent)
    assert isinstance(arrived, Arrived)
    assert arrived.probe == sent.probe


async def test_a_mailbox_without_room_bounces_with_dovecots_words(world: World) -> None:
    """Its quota is spent; the detector takes that code for the canary's own trouble."""
    (sent,) = await world.send("brimful")
    (bounced,) = await world.look("alice", route="back")
    assert isinstance(sent, Sent)
    assert isinstance(bounced, Bounced)
    assert (bounced.probe, bounced.status[:1]) == (sent.probe, "5")
    assert "5.2.2" in bounced.reply
    assert is_own_trouble(f"{bounced.status} {bounced.reply}")
