"""What people do in Teams, from Teams' own request to the card that answers it."""

import gc
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.demo.chat.connector import KEYS, connector_error
from bot.demo.faults import Hang
from bot.outbox import SendError
from bot.store import Conversation
from bot.types import Direction, Person, Subscription, Verb
from handlers.teams.bot.direct import DirectBotSender
from handlers.teams.bot.places import Places
from tests.handlers.asgi import Answered, receiving
from tests.handlers.examples import IMPATIENT, delivery
from tests.handlers.teams.bot.rig import APP, CHANNEL, CHAT, OUTGOING, TEAM, TENANT, Rig, Signer, personal, press, rig


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Rig]:
    """Serve a bot."""
    async with rig(tmp_path) as made:
        yield made


def shown(content: object) -> str:
    """Give all words of a card."""
    return json.dumps(content, ensure_ascii=False)


async def test_a_mention_is_answered_with_a_card_in_its_thread(bot: Rig) -> None:
    """After the request, with the bot's own token."""
    answered = await bot.deliver(bot.activity())
    assert (answered.status, answered.body) == (200, b"")
    (card,) = bot.teams.cards
    assert (card.conversation, card.thread) == (CHANNEL, "1700000000001")
    assert "6 of 10 test messages" in shown(card.content)
    assert card.activity["summary"]
    assert bot.teams.tokens == [f"Bearer {OUTGOING}"]


async def test_what_was_answered_leaves_nothing_in_memory(bot: Rig) -> None:
    """The SDK makes counters anew each time, which OpenTelemetry would keep for whoever may want them one day."""

    def counters() -> int:
        return sum(type(one).__name__ in {"_ProxyMeter", "_ProxyCounter"} for one in gc.get_objects())

    before = counters()
    for number in range(3):
        assert (await bot.deliver(bot.activity(id=str(number)))).status == 200
    assert counters() == before


async def test_the_words_are_those_of_every_platform(bot: Rig) -> None:
    """The same commands, begun with a mention."""
    await bot.deliver(bot.activity(text="<at>mailstatus</at> help"))
    assert "@mailstatus ack" in shown(bot.teams.cards[0].content)


async def test_a_personal_chat_needs_no_mention(bot: Rig) -> None:
    """And has no thread."""
    await bot.deliver(personal(bot.url, "is mail down?"))
    (card,) = bot.teams.cards
    assert (card.conversation, card.thread) == (CHAT, "")


async def test_html_and_mentions_of_others_are_no_words(bot: Rig) -> None:
    """Teams sends what people typed as HTML."""
    entities = [{"type": "mention", "mentioned": {"id": "29:bob", "name": "Bob"}, "text": "<at>Bob</at>"}]
    await bot.deliver(
        bot.activity(text="<at>mailstatus</at> <p>report&nbsp;<b>it's</b> 3 &lt; 4 <at>Bob</at></p>", entities=entities)
    )
    assert [one.text for one in bot.reports] == ["it's 3 < 4"]


async def test_a_card_about_an_open_incident_has_its_buttons(bot: Rig) -> None:
    """Action.Execute, which Teams brings to the bot."""
    await bot.deliver(bot.activity(text="<at>mailstatus</at>"))
    actions = bot.teams.cards[0].content["actions"]
    assert [one["verb"] for one in actions] == ["ack", "mute", "details", "works", "fails"]
    assert {one["type"] for one in actions} == {"Action.Execute"}
    assert {one["data"]["incident"] for one in actions} == {"1"}


async def test_i_am_on_it_is_saved_before_it_is_said(bot: Rig) -> None:
    """The one who pressed is told in a line; the card stays for all."""
    answered = await bot.deliver(press(bot.url, "ack"))
    said = json.loads(answered.body)
    assert (answered.status, said["statusCode"]) == (200, 200)
    assert said["type"] == "application/vnd.microsoft.activity.message"
    assert "Ana Ruiz" in said["value"]
    assert [(one.verb, one.person, one.incident) for one in bot.orders] == [(Verb.ACK, "Ana Ruiz", "1")]
    assert bot.teams.cards == []


async def test_details_stand_in_the_place_of_the_card_for_who_pressed_it(bot: Rig) -> None:
    """With the buttons still there."""
    said = json.loads((await bot.deliver(press(bot.url, "details"))).body)
    assert said["type"] == "application/vnd.microsoft.card.adaptive"
    assert "6 of 10 test messages" in shown(said["value"])
    assert said["value"]["actions"]


@pytest.mark.parametrize(("verb", "works"), [("works", True), ("fails", False)])
async def test_a_person_reports_what_they_see_with_one_press(bot: Rig, verb: str, works: bool) -> None:  # noqa: FBT001 - a parameter
    """It works, or it fails."""
    await bot.deliver(press(bot.url, verb))
    assert [one.works for one in bot.reports] == [works]


async def test_mute_is_for_an_hour(bot: Rig) -> None:
    """As the button says."""
    await bot.deliver(press(bot.url, "mute"))
    (order,) = bot.orders
    assert order.until is not None
    assert (order.until - order.at).total_seconds() == 3600


async def test_a_button_that_we_do_not_have_is_explained(bot: Rig) -> None:
    """A card of another version, or a made-up request."""
    said = json.loads((await bot.deliver(press(bot.url, "explode"))).body)
    assert "@mailstatus" in shown(said["value"])
    assert bot.orders == []


async def test_a_request_that_comes_again_is_done_once(bot: Rig) -> None:
    """Teams delivers again what it thinks was lost, and gets the same answer."""
    first = await bot.deliver(press(bot.url, "ack"))
    again = await bot.deliver(press(bot.url, "ack"))
    assert first.body == again.body
    assert len(bot.orders) == 1
    await bot.deliver(bot.activity())
    await bot.deliver(bot.activity())
    assert len(bot.teams.cards) == 1


async def test_a_request_that_comes_again_after_a_new_start_or_elsewhere_is_the_same(tmp_path: Path) -> None:
    """The store remembers it: it is named alike by every process, and by no other conversation's request."""
    async with rig(tmp_path) as before:
        await before.deliver(press(before.url, "ack"))
        await before.deliver(before.activity())
        assert len(before.teams.cards) == 1
    async with rig(tmp_path) as after:
        answered = await after.deliver(press(after.url, "ack"))
        assert "Ana Ruiz" in json.loads(answered.body)["value"]
        assert [one.request for one in after.orders] == [one.request for one in before.orders]
        await after.deliver(after.activity())
        assert after.teams.cards == []
        await after.deliver(personal(after.url, "ack", id="f:ack"))
        assert len({one.request for one in after.orders}) == 2


async def test_a_report_and_a_subscription_name_their_request_too(bot: Rig) -> None:
    """So that the store does them once."""
    await bot.deliver(press(bot.url, "works"))
    await bot.deliver(personal(bot.url, "subscribe", id="2"))
    assert [one.request for one in bot.reports] == [f"{CHANNEL} f:works"]
    async with bot.store.begin() as tx:
        assert not await tx.requests.first(f"{CHAT} 2", bot.clock.at)


async def test_where_the_bot_was_added_is_remembered_and_where_it_was_removed_forgotten(bot: Rig) -> None:
    """Also after a new start."""
    us = [{"id": f"28:{APP}", "name": "mailstatus"}]
    add = {"type": "conversationUpdate", "membersAdded": us, "id": "a1", "text": None}
    await bot.deliver(bot.activity(**{**add, "conversation": {"id": TEAM, "isGroup": True, "tenantId": TENANT}}))
    await bot.deliver(personal(bot.url, "", type="installationUpdate", action="add", id="a2"))
    async with bot.store.read() as tx:
        known = {one.id: one for one in await tx.conversations.all()}
    assert set(known) == {TEAM, CHAT}
    assert known[CHAT] == Conversation(id=CHAT, service_url=bot.url, azure_tenant=TENANT, person="0b1d-ana")
    after = Places(bot.store, now=bot.clock.now, own=bot.url)
    await after.open()
    assert after.service_url(CHAT) == bot.url
    gone = {"type": "conversationUpdate", "membersRemoved": us, "id": "a3", "text": None}
    await bot.deliver(bot.activity(**gone))
    await bot.deliver(personal(bot.url, "", type="installationUpdate", action="remove", id="a4"))
    async with bot.store.read() as tx:
        assert await tx.conversations.all() == []


async def test_a_member_who_comes_or_goes_is_not_the_bot(bot: Rig) -> None:
    """Teams tells of everybody."""
    other = [{"id": "29:bob", "name": "Bob"}]
    await bot.deliver(bot.activity(id="a0"))
    await bot.deliver(bot.activity(type="conversationUpdate", membersRemoved=other, id="a1", text=None))
    async with bot.store.read() as tx:
        assert [one.id for one in await tx.conversations.all()] == [CHANNEL]


ANA = Person(platform="teams", workspace=TENANT, id="0b1d-ana")


async def subscription(bot: Rig) -> Subscription | None:
    """Read what Ana wants to be told."""
    async with bot.store.read() as tx:
        return await tx.subscriptions.get(ANA)


async def test_a_person_subscribes_in_a_chat_with_the_bot_and_is_told_there(bot: Rig) -> None:
    """As on every platform: by words, one row a person."""
    await bot.deliver(personal(bot.url, "subscribe outgoing"))
    wants = await subscription(bot)
    assert wants is not None
    assert (wants.address, wants.directions) == (CHAT, frozenset({Direction.OUTBOUND}))
    landed = await DirectBotSender(bot.api, wants.address, clock=bot.clock).send(delivery())
    assert landed is not None
    assert landed.channel == CHAT
    await bot.deliver(personal(bot.url, "unsubscribe", id="2"))
    assert await subscription(bot) is None


async def test_whoever_has_no_chat_with_the_bot_cannot_be_told_in_person(bot: Rig) -> None:
    """Until they open one; then also from a channel."""
    await bot.deliver(bot.activity(text="<at>mailstatus</at> subscribe"))
    assert await subscription(bot) is None
    await bot.deliver(personal(bot.url, "hello", id="2"))
    await bot.deliver(bot.activity(text="<at>mailstatus</at> subscribe", id="3"))
    wants = await subscription(bot)
    assert wants is not None
    assert wants.address == CHAT


async def test_a_person_who_blocked_the_bot_is_told_nothing_any_more(bot: Rig) -> None:
    """The subscription ends by it."""
    bot.teams.faults.switch_on(connector_error(403, "ConversationBlockedByUser"), path="/v3", times=1)
    with pytest.raises(SendError) as caught:
        await DirectBotSender(bot.api, CHAT, clock=bot.clock).send(delivery())
    assert caught.value.gone
    bot.teams.faults.switch_on(connector_error(413, "MessageSizeTooBig"), path="/v3", times=1)
    with pytest.raises(SendError) as caught:
        await DirectBotSender(bot.api, CHAT, clock=bot.clock).send(delivery())
    assert not caught.value.gone


async def test_the_channel_is_answered_in_its_language(tmp_path: Path) -> None:
    """Each destination has its own."""
    async with rig(tmp_path, languages={CHANNEL: "de"}) as bot:
        await bot.deliver(bot.activity(text="<at>mailstatus</at> help"))
        assert bot.teams.cards[0].content["lang"] == "de"


async def test_an_answer_is_posted_again_where_teams_asks_for_it(bot: Rig) -> None:
    """Three times at most; then the person asks again."""
    bot.teams.faults.switch_on(connector_error(429, "TooManyRequests", {"Retry-After": "2"}), path="/v3", times=1)
    await bot.deliver(bot.activity())
    assert len(bot.teams.cards) == 1
    assert [length.total_seconds() for length in bot.clock.slept] == [2]
    bot.teams.faults.switch_on(connector_error(412, "PreconditionFailed"), path="/v3")
    await bot.deliver(bot.activity(id="2"))
    assert len(bot.teams.cards) == 1


BAD: list[tuple[str, dict[str, Any], int]] = [
    ("another tenant", {"conversation": {"id": CHANNEL, "tenantId": "evil"}}, 403),
    ("a tenant within that differs", {"channelData": {"tenant": {"id": "evil"}}}, 403),
    ("no tenant", {"conversation": {"id": CHANNEL}, "channelData": {}}, 403),
    ("a foreign service", {"serviceUrl": "https://evil.example"}, 403),
    ("no service", {"serviceUrl": None}, 403),
    ("no id", {"id": None}, 400),
    ("a text that is none", {"text": {"a": 1}}, 400),
    ("no sender", {"from": None}, 400),
    ("a kind that we do not know", {"type": "somethingNew"}, 200),
    ("an invocation that we do not know", {"type": "invoke", "name": "task/fetch"}, 501),
    ("a button without an action", {"type": "invoke", "name": "adaptiveCard/action", "value": {}}, 400),
]


@pytest.mark.parametrize(("changes", "status"), [pytest.param(one[1], one[2], id=one[0]) for one in BAD])
async def test_what_is_wrong_is_refused_without_a_word(bot: Rig, changes: dict[str, Any], status: int) -> None:
    """And nothing is sent anywhere."""
    answered = await bot.deliver(bot.activity(**changes))
    assert (answered.status, answered.body) == (status, b"")
    assert bot.teams.tokens == []


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{", b"[" * 100_000, b'{"type": "message"'])
async def test_a_body_that_is_no_activity_is_refused(bot: Rig, body: bytes) -> None:
    """Before its token is even looked at."""
    assert (await bot.deliver(None, body=body)).status == 400


async def test_a_huge_body_is_not_read(bot: Rig) -> None:
    """The limit of every way in."""
    assert (await bot.deliver(None, body=b" " * 300_000)).status == 413


async def test_only_a_token_of_teams_for_this_bot_and_service_is_let_in(bot: Rig) -> None:
    """The SDK checks signature, issuer, audience, age and the service address."""
    stranger = Signer()
    forged = [
        "",
        "Bearer",
        "Bearer a.b.c",
        "Basic dXNlcjpwYXNz",
        "Bearer " + "a" * 10_000 + ".b.c",
        f"Bearer {stranger.token(bot.url)}",
        f"Bearer {bot.signer.token(bot.url, aud='somebody else')}",
        f"Bearer {bot.signer.token(bot.url, iss='https://evil.example')}",
        f"Bearer {bot.signer.token(bot.url, exp=1)}",
        f"Bearer {bot.signer.token('https://smba.trafficmanager.net/emea')}",
        f"Bearer {bot.signer.token(bot.url, serviceurl=None)}",
    ]
    assert [(await bot.deliver(bot.activity(id=str(n)), token=one)).status for n, one in enumerate(forged)] == [
        401
    ] * len(forged)
    assert bot.teams.tokens == []
    assert (await bot.deliver(bot.activity())).status == 200


async def test_keys_that_cannot_be_had_let_nobody_in(bot: Rig) -> None:
    """Teams tries again later; the loop is not held up."""
    bot.teams.faults.switch_on(connector_error(500, "InternalServerError"), path=KEYS)
    assert (await bot.deliver(bot.activity())).status == 503


async def test_another_method_is_refused(bot: Rig) -> None:
    """And what is no request is left alone."""
    answered = Answered()
    await bot.listener({"type": "http", "method": "GET", "headers": []}, receiving(b""), answered.send)
    assert answered.status == 405
    await bot.listener({"type": "websocket"}, receiving(b""), answered.send)
    assert len(answered.parts) == 2


async def test_a_hanging_teams_holds_up_nobody(tmp_path: Path) -> None:
    """The request is answered; the answer to the person is given up within its limit."""
    async with rig(tmp_path, limit=IMPATIENT) as it:
        it.teams.faults.switch_on(Hang(), path="/v3", times=1)
        assert (await it.deliver(it.activity())).status == 200
        assert it.teams.cards == []


@pytest.mark.parametrize("kind", [["message"], {"a": 1}, 5, None])
async def test_an_activity_whose_kind_is_no_word_is_taken_no_notice_of(tmp_path: Path, kind: object) -> None:
    """Found by breaking activities at random."""
    async with rig(tmp_path) as it:
        assert (await it.deliver(it.activity(type=kind))).status == 200


async def test_an_activity_whose_id_is_no_word_is_refused(tmp_path: Path) -> None:
    """Found in the same way: the SDK wants one."""
    async with rig(tmp_path) as it:
        assert (await it.deliver(it.activity(id={"a": [1]}))).status == 400
