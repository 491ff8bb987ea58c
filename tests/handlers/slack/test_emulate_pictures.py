"""Pictures in a Slack that is not ours, over a network that breaks: shown once, below their head, and never missing.

``emulate`` keeps no ``alt_txt``, which ``test_send.py`` looks at in our own stand-in.
"""

import pytest

from bot.outbox.courier import LEASE
from bot.types import Delivery, Kind, Picture, Reason, Severity
from tests.handlers.examples import message
from tests.handlers.slack.broken import BREAKS, UPLOAD, Break, Json
from tests.handlers.slack.channel import ARGS, ROUNDS_MOST, Channel, DiedError, later

STEPS = ("files.getUploadURLExternal", UPLOAD, "files.completeUploadExternal")
PNG = b"\x89PNG of a delay"


async def drawn(_: Delivery) -> Picture | None:
    """Draw always the same."""
    return Picture(png=PNG, title="Outgoing mail: up to 4 minutes.", alt="Up to 4 minutes.")


async def opened(it: Channel) -> Json:
    """Have it told that sending fails; gives the head."""
    await it.tell(message(at=later(it.clock), headline=("Sending mail fails.",), reason=Reason.OPENED))
    await it.run()
    (head,) = await it.heads()
    return head


async def draw(it: Channel) -> None:
    """Show what pictures wait until none does any more; a process that dies is followed by another."""
    for _ in range(ROUNDS_MOST):
        try:
            await it.courier(drawn).draw(ARGS)
        except DiedError:
            it.clock.at += LEASE
        async with it.store.read() as tx:
            due = (await tx.deliveries.next_due("default", "it")).pictures
        if due is None:
            return
        it.clock.at = max(it.clock.at, due)
    raise AssertionError("it never came to an end")


async def shown(it: Channel) -> list[Json]:
    """Give every message that shows a file."""
    return [post for post in await it.posts() if post.get("files")]


async def proves_one_picture(it: Channel, head: Json) -> None:
    """One below the head, whole and with its title, and nothing given up."""
    (post,) = await shown(it)
    assert post["thread_ts"] == head["ts"]
    (file,) = post["files"]
    assert (file["title"], file["size"]) == ("Outgoing mail: up to 4 minutes.", len(PNG))
    assert it.stopped == []


async def test_a_picture_is_shown_below_its_head_by_three_steps(it: Channel) -> None:
    """Without trouble no look is needed."""
    head = await opened(it)
    it.network.calls.clear()
    await draw(it)
    await proves_one_picture(it, head)
    assert [call.method for call in it.network.calls] == list(STEPS)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", BREAKS)
async def test_whatever_breaks_at_any_step_the_picture_is_there_once(it: Channel, name: str, step: str) -> None:
    """Cut, slow, 5xx or 429: tried again, and never shown twice."""
    head = await opened(it)
    it.network.break_first(BREAKS[name], step)
    await draw(it)
    await proves_one_picture(it, head)


@pytest.mark.parametrize("name", ["reset, accepted", "502, not accepted", "cut in the middle of the answer", "429"])
async def test_a_picture_is_there_once_though_all_its_steps_break_one_after_another(it: Channel, name: str) -> None:
    """And the looks between them too."""
    head = await opened(it)
    it.network.break_first(BREAKS[name], *STEPS, "conversations.replies", *STEPS)
    await draw(it)
    await proves_one_picture(it, head)


async def test_a_process_that_dies_before_it_can_mark_leaves_no_second_picture(it: Channel) -> None:
    """Another one finds what it left behind."""
    head = await opened(it)
    it.dies = [Kind.PICTURE]
    await draw(it)
    await proves_one_picture(it, head)


async def test_a_picture_keeps_nobody_from_the_words_that_follow(it: Channel) -> None:
    """While Slack takes no files at all, the all-clear is told."""
    head = await opened(it)
    it.network.breaks = lambda method: Break(accepted=False, status=503) if method in STEPS else None
    await it.tell(
        message(at=later(it.clock), headline=("It is over.",), reason=Reason.RESOLVED, severity=Severity.GOOD)
    )
    await it.run()
    (reply,) = await it.replies()
    assert reply["text"].startswith("🟢 It is over.")
    assert await shown(it) == []
    it.network.breaks = lambda _: None
    await draw(it)
    assert [post["thread_ts"] for post in await shown(it)] == [head["ts"]] * 2
