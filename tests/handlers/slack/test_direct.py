"""One person in Slack, told by direct message."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.demo.chat.slack import Slack
from bot.demo.chat.slack_posts import Workspace
from bot.demo.faults import Drop, json_answer
from bot.demo.served import served
from bot.outbox import DoubtedError, SendError
from bot.types import Kind, Landed
from handlers.slack.api import SlackApi
from handlers.slack.direct import LEFT, DirectSender
from tests.handlers.examples import TestClock, delivery, message

TOKEN = "xoxb-1"


@pytest.fixture
async def line() -> AsyncIterator[tuple[Slack, DirectSender]]:
    """Serve a workspace with one person in it, and lead there."""
    clock = TestClock()
    slack = Slack(Workspace(clock, {}, {"U1": "Ana"}), token=TOKEN)
    async with served(slack.app()) as port:
        api = SlackApi(SecretStr(TOKEN), base_url=f"http://127.0.0.1:{port}/api/")
        yield slack, DirectSender(api, "U1", clock=clock)
        await api.aclose()


async def test_a_message_to_a_person_opens_the_conversation_and_changes_in_place(
    line: tuple[Slack, DirectSender],
) -> None:
    """It is edited where it landed, which is not the person's own id."""
    slack, sender = line
    head = await sender.send(delivery())
    assert head.channel == "DU1"
    await sender.send(delivery(Kind.EDIT, head=head, said=message(headline=("Mail flows again.",))))
    (post,) = slack.workspace.posts
    assert "Mail flows again." in post.text


async def test_what_may_have_reached_a_person_already_is_looked_for_in_the_conversation_with_them(
    line: tuple[Slack, DirectSender],
) -> None:
    """The answer was lost, and nobody knows the conversation's id yet."""
    slack, sender = line
    slack.faults.switch_on(Drop(accepted=True), path="/api/chat.postMessage", times=1)
    with pytest.raises(SendError) as caught:
        await sender.send(delivery())
    assert caught.value.unknown
    landed = await sender.send(delivery(doubts=1, attempts=2))
    (post,) = slack.workspace.posts
    assert landed == Landed(channel="DU1", id=post.ts)


async def test_without_the_scopes_for_a_look_a_person_is_told_twice_at_most(line: tuple[Slack, DirectSender]) -> None:
    """Whoever installed the app left them out."""
    slack, sender = line
    slack.faults.switch_on(json_answer(200, {"ok": False, "error": "missing_scope"}), path="/api/conversations.open")
    await sender.send(delivery(doubts=1))
    with pytest.raises(DoubtedError):
        await sender.send(delivery(doubts=2))
    assert len(slack.workspace.posts) == 1


async def test_a_person_who_left_before_a_second_try_is_gone(line: tuple[Slack, DirectSender]) -> None:
    """The look finds nobody, and the post says so."""
    slack, sender = line
    slack.workspace.people = {}
    with pytest.raises(SendError) as caught:
        await sender.send(delivery(doubts=1))
    assert caught.value.gone


async def gone(slack: Slack, sender: DirectSender, code: str) -> bool:
    """Have Slack refuse with a code, and tell whether the person counts as gone."""
    slack.faults.switch_on(json_answer(200, {"ok": False, "error": code}), path="/api/chat.postMessage")
    with pytest.raises(SendError) as caught:
        await sender.send(delivery())
    assert caught.value.permanent
    return caught.value.gone


@pytest.mark.parametrize("code", sorted(LEFT))
async def test_somebody_who_left_is_gone(line: tuple[Slack, DirectSender], code: str) -> None:
    """Trying again helps nobody."""
    assert await gone(*line, code)


@pytest.mark.parametrize("code", ["token_revoked", "missing_scope", "invalid_blocks", "messages_tab_disabled"])
async def test_what_is_our_own_fault_sends_nobody_away(line: tuple[Slack, DirectSender], code: str) -> None:
    """The subscription waits for the admin to mend it."""
    assert not await gone(*line, code)


async def test_an_inactive_account_is_the_persons_only_while_our_own_is_active(
    line: tuple[Slack, DirectSender],
) -> None:
    """Slack has one word for both."""
    slack, sender = line
    assert await gone(slack, sender, "account_inactive")
    slack.faults.switch_on(json_answer(200, {"ok": False, "error": "account_inactive"}), path="/api/auth.test")
    assert not await gone(slack, sender, "account_inactive")
