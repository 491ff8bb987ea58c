"""A channel that the bot is in, as a place to send to."""

import json
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.chat.connector import connector_error
from bot.demo.faults import Drop, Fault, Hang, html_answer
from bot.outbox import DoubtedError, SendError
from bot.types import Kind, Landed, Reason, Severity
from bot.words.labels import gone_note
from handlers.teams.bot.api import TeamsApi
from tests.handlers.examples import delivery, message, patience
from tests.handlers.teams.bot.rig import CHANNEL, CHAT, OUTGOING, Rig, rig


@pytest.fixture
async def bot(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Serve a bot."""
    async with rig(tmp_path, limit=patience(request)) as made:
        yield made


async def failure(bot: Rig, met: Fault) -> SendError:
    """Meet a fault with a new card; no error holds the token."""
    bot.teams.faults.switch_on(met, times=1)
    with pytest.raises(SendError) as caught:
        await bot.sender().send(delivery())
    assert OUTGOING not in repr(caught.value)
    return caught.value


async def test_a_head_is_posted_with_its_buttons_and_its_place_is_known(bot: Rig) -> None:
    """So that it can be edited."""
    landed = await bot.sender(mention="oncall@contoso.com").send(delivery())
    (card,) = bot.teams.cards
    assert landed == Landed(channel=CHANNEL, id=card.id)
    assert card.thread == ""
    assert "Sending mail fails." in json.dumps(card.content)
    assert len(card.content["actions"]) == 5
    assert card.content["msteams"]["entities"][0]["mentioned"]["id"] == "oncall@contoso.com"


async def test_what_changed_is_an_edit_and_an_answer_in_the_thread(bot: Rig) -> None:
    """An edit notifies nobody; the answer does."""
    head = await bot.sender().send(delivery())
    worse = message(headline=("No mail leaves.",), reason=Reason.WORSE)
    assert await bot.sender().send(delivery(Kind.REPLY, head=head, said=worse)) == head
    assert await bot.sender().send(delivery(Kind.EDIT, head=head, said=worse)) == head
    first, below = bot.teams.cards
    assert (first.edits, first.thread, below.thread) == (1, "", first.id)
    assert "No mail leaves." in json.dumps(first.content)
    assert "actions" not in below.content


async def test_what_is_over_has_no_buttons(bot: Rig) -> None:
    """Nothing is left to be done."""
    head = await bot.sender().send(delivery())
    over = message(severity=Severity.GOOD, reason=Reason.RESOLVED)
    await bot.sender().send(delivery(Kind.EDIT, head=head, said=over))
    assert "actions" not in bot.teams.cards[0].content


async def test_a_personal_chat_has_no_threads(bot: Rig) -> None:
    """What changed is the next message."""
    head = await bot.sender(CHAT).send(delivery())
    await bot.sender(CHAT).send(delivery(Kind.REPLY, head=head))
    assert [(card.conversation, card.thread) for card in bot.teams.cards] == [(CHAT, ""), (CHAT, "")]


async def test_a_head_that_somebody_deleted_is_posted_afresh(bot: Rig) -> None:
    """And says so."""
    head = await bot.sender().send(delivery())
    assert head is not None
    bot.teams.delete(head.id)
    landed = await bot.sender().send(delivery(Kind.EDIT, head=head))
    assert landed is not None
    assert landed.id != head.id
    assert str(gone_note("en")[0]) in json.dumps(bot.teams.cards[0].content)


async def test_a_head_with_an_id_that_cannot_be_one_is_posted_afresh(bot: Rig) -> None:
    """It would lead to another address."""
    await bot.sender().send(delivery(Kind.EDIT, head=Landed(channel=CHANNEL, id="../../x")))
    assert len(bot.teams.cards) == 1


async def test_a_conversation_that_cannot_be_one_is_refused(bot: Rig) -> None:
    """Before a token is sent anywhere."""
    with pytest.raises(SendError) as caught:
        await bot.sender("19:../x").send(delivery())
    assert caught.value.permanent
    assert bot.teams.tokens == []


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
async def test_what_teams_asks_us_to_try_again_is_tried_again(bot: Rig, status: int) -> None:
    """With the wait that it asks for; nothing was posted."""
    error = await failure(bot, connector_error(status, "", {"Retry-After": "7"}))
    assert (error.permanent, error.unknown, error.retry_after) == (False, False, timedelta(seconds=7))


@pytest.mark.parametrize(
    ("status", "code", "advice"),
    [
        (400, "BadSyntax", "fault of mailstatus"),
        (401, "Unauthorized", "MAILSTATUS_TEAMS_APP_ID"),
        (403, "BotNotInConversationRoster", "add the app to the team"),
        (403, "ConversationBlockedByUser", "blocked the bot"),
        (403, "Forbidden", "removed from this conversation"),
        (404, "ConversationNotFound", "conversation in mailstatus.toml"),
        (413, "MessageSizeTooBig", "too large"),
        (418, "Teapot", "does not say why"),
    ],
)
async def test_what_cannot_be_mended_by_another_try_says_what_mends_it(
    bot: Rig, status: int, code: str, advice: str
) -> None:
    """In plain words."""
    error = await failure(bot, connector_error(status, code))
    assert error.permanent
    assert advice in str(error)


@pytest.mark.parametrize("met", [Hang(), Drop(accepted=True), connector_error(500, "")])
async def test_a_lost_answer_leaves_it_open_whether_the_card_is_there(bot: Rig, met: Fault) -> None:
    """Teams cannot be asked."""
    error = await failure(bot, met)
    assert (error.permanent, error.unknown) == (False, True)


async def test_where_two_tries_may_have_arrived_there_is_no_third(bot: Rig) -> None:
    """Twice is better than never, and enough."""
    await bot.sender().send(delivery(doubts=1))
    with pytest.raises(DoubtedError):
        await bot.sender().send(delivery(doubts=2))
    assert len(bot.teams.cards) == 1


async def test_an_edit_leaves_nothing_open(bot: Rig) -> None:
    """It may be made twice."""
    head = await bot.sender().send(delivery())
    bot.teams.faults.switch_on(Drop(accepted=True), times=1)
    with pytest.raises(SendError) as caught:
        await bot.sender().send(delivery(Kind.EDIT, head=head))
    assert not caught.value.unknown
    await bot.sender().send(delivery(Kind.EDIT, head=head))
    assert len(bot.teams.cards) == 1


async def test_an_answer_that_is_not_teams_own_counts_as_taken(bot: Rig) -> None:
    """A proxy's page with 200: the card may be there, and nobody knows where."""
    bot.teams.faults.switch_on(html_answer(), times=1)
    assert await bot.sender().send(delivery()) is None


async def test_a_refusal_that_is_not_teams_own_is_read_by_its_status(bot: Rig) -> None:
    """A proxy's page with 403."""
    error = await failure(bot, html_answer(403))
    assert "HTTP 403" in str(error)


async def test_a_place_that_cannot_be_connected_to_surely_has_no_card(bot: Rig) -> None:
    """So the next try is no second one."""
    bot.api.places._own = "http://127.0.0.1:9"
    with pytest.raises(SendError) as caught:
        await bot.sender().send(delivery())
    assert (caught.value.permanent, caught.value.unknown) == (False, False)


async def test_a_card_that_comes_late_says_so(bot: Rig) -> None:
    """As on every platform."""
    bot.clock.at += timedelta(minutes=9)
    await bot.sender().send(delivery(attempts=2))
    assert "9 min" in json.dumps(bot.teams.cards[0].content)


async def test_without_the_extra_the_error_says_how_to_install_it(bot: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The core runs without it."""
    monkeypatch.setitem(sys.modules, "handlers.teams.bot.wire", None)
    with pytest.raises(SendError) as caught:
        TeamsApi(bot.api._app, bot.api.places).load()
    assert caught.value.permanent
    assert "pip install --require-hashes --requirement deploy/requirements.lock" in str(caught.value)
