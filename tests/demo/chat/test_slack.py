"""The Web API, spoken by slack_sdk."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.demo.chat.slack import ratelimited
from bot.demo.faults import Drop, json_answer
from tests.demo.chat.conftest import ANA, CHANNEL, Talked

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}]
Listed = list[dict[str, str | None]]
METADATA = {"event_type": "mail_incident", "event_payload": {"key": "k1"}}


async def refused(call: object) -> str:
    """Give the error code of a call that is refused."""
    with pytest.raises(SlackApiError) as caught:
        await call  # type: ignore[misc]  # any of slack_sdk's coroutines
    return str(caught.value.response["error"])


async def test_the_bot_learns_who_it_is(talked: Talked) -> None:
    """And which scopes it has."""
    answer = await talked.client.auth_test()
    assert answer["user"] == "mailwatch"
    assert "chat:write" in answer.headers["X-OAuth-Scopes"]


async def test_a_message_is_kept_with_its_blocks_and_metadata(talked: Talked) -> None:
    """Posted as JSON."""
    answer = await talked.client.chat_postMessage(channel="#mail-status", text="hi", blocks=BLOCKS, metadata=METADATA)
    (post,) = talked.workspace.posts
    assert (answer["channel"], answer["ts"]) == (CHANNEL, post.ts)
    assert (post.text, list(post.blocks), post.metadata) == ("hi", BLOCKS, METADATA)


async def test_forms_do_as_well_as_json(talked: Talked) -> None:
    """With blocks and metadata as JSON texts, as older calls send them."""
    fields = {"channel": CHANNEL, "text": "hi", "blocks": '[{"type": "divider"}]', "metadata": "{broken"}
    await talked.client.api_call("chat.postMessage", data=fields)
    assert list(talked.workspace.posts[0].blocks) == [{"type": "divider"}]


async def test_a_thread_grows_below_its_head(talked: Talked) -> None:
    """Replies are broadcast only where that is asked for."""
    head = await talked.client.chat_postMessage(channel=CHANNEL, text="head")
    for loud in (False, True):
        await talked.client.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=head["ts"], reply_broadcast=loud)
    history = await talked.client.conversations_history(channel=CHANNEL)
    assert [message["text"] for message in history["messages"]] == ["reply", "head"]
    replies = await talked.client.conversations_replies(channel=CHANNEL, ts=head["ts"])
    assert len(replies["messages"]) == 3
    assert await refused(talked.client.conversations_replies(channel=CHANNEL, ts="1.0")) == "thread_not_found"
    assert (
        await refused(talked.client.chat_postMessage(channel=CHANNEL, text="x", thread_ts="1.0")) == "thread_not_found"
    )


async def test_a_message_is_edited_in_place(talked: Talked) -> None:
    """It keeps its place and says that it was changed."""
    head = await talked.client.chat_postMessage(channel=CHANNEL, text="late", metadata=METADATA)
    await talked.client.chat_update(channel=CHANNEL, ts=head["ts"], text="fixed", blocks=BLOCKS)
    (post,) = talked.workspace.posts
    assert (post.text, post.versions, post.metadata) == ("fixed", [(post.ts, "late")], METADATA)
    assert float(post.edited) > float(post.ts)
    assert await refused(talked.client.chat_update(channel=CHANNEL, ts="1.0", text="x")) == "message_not_found"


async def test_a_bot_edits_nobody_elses_words(talked: Talked) -> None:
    """Slack does not let it."""
    head = await talked.client.chat_postMessage(channel=CHANNEL, text="late")
    talked.workspace.posts[0].user = ANA
    assert await refused(talked.client.chat_update(channel=CHANNEL, ts=head["ts"], text="x")) == "cant_update_message"


async def test_history_finds_a_message_by_its_metadata(talked: Talked) -> None:
    """Which is how a bot knows that it has posted already; GET and POST alike."""
    await talked.client.chat_postMessage(channel=CHANNEL, text="hi", metadata=METADATA)
    by_get = await talked.client.conversations_history(channel=CHANNEL, include_all_metadata=True)
    assert by_get["messages"][0]["metadata"] == METADATA
    by_post = await talked.client.api_call("conversations.history", data={"channel": CHANNEL})
    assert "metadata" not in by_post["messages"][0]


async def test_history_is_cut_by_time_and_by_pages(talked: Talked) -> None:
    """Newest first."""
    stamps = [(await talked.client.chat_postMessage(channel=CHANNEL, text=str(n)))["ts"] for n in range(4)]
    after = await talked.client.conversations_history(channel=CHANNEL, oldest=stamps[1])
    assert [message["ts"] for message in after["messages"]] == [stamps[3], stamps[2]]
    within = await talked.client.conversations_history(
        channel=CHANNEL, oldest=stamps[1], latest=stamps[2], inclusive=True
    )
    assert [message["ts"] for message in within["messages"]] == [stamps[2], stamps[1]]
    page = await talked.client.conversations_history(channel=CHANNEL, limit=3)
    assert page["has_more"]
    rest = await talked.client.conversations_history(
        channel=CHANNEL, limit=3, cursor=page["response_metadata"]["next_cursor"]
    )
    assert [message["ts"] for message in rest["messages"]] == [stamps[0]]


async def test_what_one_person_alone_can_see(talked: Talked) -> None:
    """Is not in the channel."""
    await talked.client.chat_postEphemeral(channel=CHANNEL, user=ANA, text="for you")
    assert talked.workspace.posts == []
    assert talked.workspace.whispers[0].text == "for you"
    call = talked.client.chat_postEphemeral(channel=CHANNEL, user="U0NOBODY", text="x")
    assert await refused(call) == "user_not_found"


async def test_a_person_and_their_home(talked: Talked) -> None:
    """By id."""
    assert (await talked.client.users_info(user=ANA))["user"]["real_name"] == "Ana"
    view = {"type": "home", "blocks": BLOCKS}
    await talked.client.views_publish(user_id=ANA, view=view)
    assert talked.workspace.homes[ANA] == view
    assert await refused(talked.client.views_publish(user_id="U0NOBODY", view=view)) == "user_not_found"
    call = talked.client.api_call("views.publish", data={"user_id": ANA, "view": "none"})
    assert await refused(call) == "invalid_arguments"


async def test_a_channel_is_described(talked: Talked) -> None:
    """So that a check can say whether the bot is in it."""
    answer = await talked.client.conversations_info(channel=CHANNEL)
    assert answer["channel"]["name"] == "mail-status"
    assert answer["channel"]["is_member"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"channel": "C0OTHER", "text": "x"}, "channel_not_found"),
        ({"channel": CHANNEL}, "no_text"),
        ({"channel": CHANNEL, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": CHANNEL, "text": "x", "blocks": [{"type": "blink"}]}, "invalid_blocks"),
    ],
)
async def test_messages_that_are_refused(talked: Talked, fields: dict[str, object], code: str) -> None:
    """With Slack's own codes."""
    assert await refused(talked.client.api_call("chat.postMessage", json=fields)) == code
    assert talked.workspace.posts == []


async def test_without_the_right_token_nothing_is_done(talked: Talked) -> None:
    """In the header or in the form."""
    talked.client.token = "xoxb-wrong"
    assert await refused(talked.client.auth_test()) == "invalid_auth"
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{talked.client.base_url}auth.test") as answer:
            assert (await answer.json())["error"] == "not_authed"
        async with session.post(f"{talked.client.base_url}auth.test", data={"token": "xoxb-right"}) as answer:
            assert (await answer.json())["ok"]
        async with session.post(
            f"{talked.client.base_url}auth.test", data=b"[1]", headers={"Content-Type": "application/json"}
        ) as answer:
            assert (await answer.json())["error"] == "not_authed"


async def test_an_unknown_method_is_said_to_be_unknown(talked: Talked) -> None:
    """So that a test notices what is missing here."""
    assert await refused(talked.client.api_call("chat.scheduleMessage", json={})) == "unknown_method"


async def test_slack_can_be_too_busy_or_broken(talked: Talked) -> None:
    """429 with the seconds to wait, and 500."""
    talked.slack.faults.switch_on(ratelimited(7), times=1)
    with pytest.raises(SlackApiError) as caught:
        await talked.client.auth_test()
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    talked.slack.faults.switch_on(json_answer(500, {"ok": False, "error": "internal_error"}), times=1)
    assert await refused(talked.client.auth_test()) == "internal_error"


async def test_an_answer_can_get_lost_after_the_message_was_taken(talked: Talked) -> None:
    """The bot cannot know, and history can."""
    talked.slack.faults.switch_on(Drop(accepted=True), path="chat.postMessage", times=1)
    with pytest.raises(aiohttp.ClientError):
        await talked.client.chat_postMessage(channel=CHANNEL, text="posted")
    history = await talked.client.conversations_history(channel=CHANNEL)
    assert [message["text"] for message in history["messages"]] == ["posted"]


async def uploaded(talked: Talked, content: bytes = b"\x89PNG") -> str:
    """Upload a file as a bot does, and give its id."""
    given = await talked.client.files_getUploadURLExternal(filename="delay.png", length=4, alt_txt="late")
    async with aiohttp.ClientSession() as session, session.post(given["upload_url"], data=content) as answer:
        assert answer.status == (200 if len(content) == 4 else 400)
    return str(given["file_id"])


async def test_a_picture_is_uploaded_and_then_shown_in_a_thread(talked: Talked) -> None:
    """Slack's three steps; the thread then has the file's name."""
    head = await talked.client.chat_postMessage(channel=CHANNEL, text="head")
    files: Listed = [{"id": await uploaded(talked), "title": "Late"}]
    await talked.client.files_completeUploadExternal(files=files, channel_id=CHANNEL, thread_ts=head["ts"])
    (file,) = talked.workspace.posts[1].files
    assert (file.content, file.title, file.alt) == (b"\x89PNG", "Late", "late")
    replies = await talked.client.conversations_replies(channel=CHANNEL, ts=head["ts"])
    assert replies["messages"][1]["files"][0]["name"] == "delay.png"


async def test_a_file_that_did_not_come_whole_cannot_be_shown(talked: Talked) -> None:
    """Nor one that nobody announced, nor in a thread that is not there."""
    cut: Listed = [{"id": await uploaded(talked, b"\x89"), "title": "Late"}]
    client = talked.client
    assert await refused(client.files_completeUploadExternal(files=cut, channel_id=CHANNEL)) == "file_not_found"
    unknown = {"files": '[{"id": "F9"}]', "channel_id": CHANNEL}
    assert await refused(client.api_call("files.completeUploadExternal", data=unknown)) == "file_not_found"
    broken = {"files": "{", "channel_id": CHANNEL}
    assert await refused(client.api_call("files.completeUploadExternal", data=broken)) == "file_not_found"
    none = {"files": "[]", "channel_id": CHANNEL}
    assert await refused(client.api_call("files.completeUploadExternal", data=none)) == "file_not_found"
    whole: Listed = [{"id": await uploaded(talked), "title": "Late"}]
    gone = client.files_completeUploadExternal(files=whole, channel_id=CHANNEL, thread_ts="1.0")
    assert await refused(gone) == "thread_not_found"
    assert await refused(client.api_call("files.getUploadURLExternal", data={"length": 4})) == "invalid_arguments"


async def test_a_message_has_an_address(talked: Talked) -> None:
    """And a reply one that leads into its thread."""
    head = await talked.client.chat_postMessage(channel=CHANNEL, text="head")
    reply = await talked.client.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=head["ts"])
    link = (await talked.client.chat_getPermalink(channel=CHANNEL, message_ts=head["ts"]))["permalink"]
    assert link == f"https://contoso.slack.com/archives/{CHANNEL}/p{str(head['ts']).replace('.', '')}"
    link = (await talked.client.chat_getPermalink(channel=CHANNEL, message_ts=reply["ts"]))["permalink"]
    assert link.endswith(f"?thread_ts={head['ts']}&cid={CHANNEL}")
    gone = talked.client.chat_getPermalink(channel=CHANNEL, message_ts="1.0")
    assert await refused(gone) == "message_not_found"


async def test_what_is_answered_later_is_seen_by_the_one_who_asked(talked: Talked) -> None:
    """By an address of the stand-in, never of the real Slack."""
    url = talked.client.base_url.removesuffix("api/") + f"respond/{CHANNEL}/{ANA}"
    async with aiohttp.ClientSession() as http, http.post(url, json={"text": "hi", "blocks": BLOCKS}) as answer:
        assert answer.status == 200
    (whisper,) = talked.workspace.whispers
    assert (whisper.user, whisper.channel, whisper.text, list(whisper.blocks)) == (ANA, CHANNEL, "hi", BLOCKS)
