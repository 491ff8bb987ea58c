"""A vantage's observations over a real port into a real store: each once, signed, its own, in its own time."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.recording import write
from bot.types import Observation, SourceBlind
from bot.vantage.push import PushError
from bot.vantage.spool import SpoolError, open_spool
from bot.vantage.wire import EPOCH, SIGNATURE, SPOOL, TIME, VANTAGE, micros, sign, write_batch
from tests.vantage.rig import HOUR, MINUTE, OTHER, SECOND, SECRET, T0, Bot, Far, arrived, far_side, sent

SPOOL_NAME = "0123456789abcdef"


def signed(body: bytes, *, vantage: str = "tokyo", secret: SecretStr = SECRET, at: int = micros(T0)) -> dict[str, str]:
    headers = {VANTAGE: vantage, SPOOL: SPOOL_NAME, TIME: str(at)}
    return headers | {SIGNATURE: sign(secret, headers, body)}


def lines(*seen: Observation) -> Sequence[str]:
    return [json.dumps({"n": n, **json.loads(write(one, epoch=EPOCH))}) for n, one in enumerate(seen, start=1)]


async def post(far: Far, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return await far.http.post(far.address, content=body, headers=headers)


async def test_what_is_seen_there_is_saved_here(bot: Bot, far: Far) -> None:
    """Sent in one push, arrived in the next, as from cron."""
    with far.pusher() as pusher:
        pusher.spool.append([sent(1)])
        await pusher.flush()
    bot.clock.at = far.clock.at = T0 + MINUTE
    with far.pusher() as pusher:
        pusher.spool.append([arrived(1)])
        await pusher.flush()
        assert len(pusher.spool) == 0
    assert await bot.seen() == [sent(1), arrived(1)]


async def test_each_company_gets_its_own(bot: Bot, far: Far) -> None:
    """One vantage may look for several tenants; that a mailbox is shut concerns those whose routes it is used on."""
    both = SourceBlind(at=T0, source="mailbox:outside", error="NO login", routes=("outbound-tokyo", "fabrikam-tokyo"))
    own = SourceBlind(at=T0, source="sender:office", error="535 no", leaving=("fabrikam-tokyo",))
    nobodys = SourceBlind(at=T0, source="mailbox:lost", error="NO login", routes=("outbound-sydney",))
    with far.pusher() as pusher:
        pusher.spool.append([sent(1), sent(2, route="fabrikam-tokyo"), both, own, nobodys])
        await pusher.flush()
    ours, theirs = await bot.seen(), await bot.seen("fabrikam")
    assert ours == [sent(1), _at_tokyo(both, "default", routes=("outbound-tokyo",))]
    assert theirs[1:] == [
        _at_tokyo(both, "fabrikam", routes=("fabrikam-tokyo",)),
        _at_tokyo(own, "fabrikam", leaving=("fabrikam-tokyo",)),
    ]


def _at_tokyo(
    seen: SourceBlind, tenant: str, *, routes: tuple[str, ...] = (), leaving: tuple[str, ...] = ()
) -> SourceBlind:
    kind, _, mailbox = seen.source.partition(":")
    return replace(seen, source=f"{kind}:tokyo/{mailbox}", tenant=tenant, routes=routes, leaving=leaving)


async def test_a_push_that_is_sent_twice_counts_once(bot: Bot, far: Far) -> None:
    """The answer was lost: the vantage cannot know that it was taken, also over a restart of both."""
    body = write_batch(lines(sent(1), arrived(1)), offset=timedelta())
    assert (await post(far, body, signed(body))).status_code == 200
    again = await post(far, body, signed(body, at=micros(T0) + 1))
    assert again.status_code == 200
    assert again.json()["taken"] == 2
    async with far_side(bot, far.folder) as restarted:
        assert (await post(restarted, body, signed(body, at=micros(T0) + 2))).status_code == 200
    assert await bot.seen() == [sent(1), arrived(1)]


async def test_a_replay_is_refused_also_after_a_restart_of_the_bot(bot: Bot, far: Far) -> None:
    """The very same bytes."""
    body = write_batch(lines(sent(1)), offset=timedelta())
    headers = signed(body)
    assert (await post(far, body, headers)).status_code == 200
    assert (await post(far, body, headers)).status_code == 409
    async with far_side(bot, far.folder) as restarted:
        refused = await post(restarted, body, headers)
    assert (refused.status_code, refused.json()["after"]) == (409, micros(T0))
    assert await bot.seen() == [sent(1)]


@pytest.mark.parametrize("where", ["body", "vantage", "spool", "time", "secret", "none", "shape"])
async def test_a_push_that_was_tampered_with_is_refused_without_a_word(bot: Bot, far: Far, where: str) -> None:
    """One bit anywhere."""
    body = write_batch(lines(sent(1)), offset=timedelta())
    headers = signed(body, secret=OTHER if where == "secret" else SECRET)
    changed: dict[str, dict[str, str]] = {
        "vantage": {VANTAGE: "sydney"},
        "spool": {SPOOL: "0123456789abcdee"},
        "time": {TIME: str(micros(T0) + 1)},
        "none": {SIGNATURE: ""},
        "shape": {TIME: "-1"},
    }
    answer = await post(far, body + b" " * (where == "body"), headers | changed.get(where, {}))
    assert (answer.status_code, answer.content) == (401, b"")
    assert await bot.seen() == []


async def test_only_posts_of_a_bearable_size_are_read(bot: Bot, far: Far) -> None:
    """A stranger's body is not even read."""
    assert (await far.http.get(far.address)).status_code == 405
    body = b"x" * 300_000
    assert (await post(far, body, signed(body))).status_code == 413
    assert (await post(far, body, {})).status_code == 401
    assert await bot.seen() == []


async def test_a_vantage_speaks_for_its_own_routes_alone(bot: Bot, far: Far) -> None:
    """What is another's is refused with a reason that names it; the rest counts."""
    foreign = [sent(1, route="outbound-sydney"), sent(2, route="outbound-here"), sent(3, route="nowhere"), sent(4)]
    body = write_batch(lines(*foreign), offset=timedelta())
    answer = (await post(far, body, signed(body))).json()
    assert [number for number, _ in answer["refused"]] == [1, 2, 3]
    assert answer["refused"][0][1] == "route outbound-sydney is of sydney: tokyo may not report on it"
    assert "nowhere" in answer["refused"][2][1]
    assert await bot.seen() == [sent(4)]


async def test_what_is_refused_does_not_come_again(bot: Bot, far: Far) -> None:
    """A line that the bot never takes must not hold up the others."""
    with far.pusher() as pusher:
        pusher.spool.append([sent(1, route="nowhere"), sent(2)])
        await pusher.flush()
        assert len(pusher.spool) == 0
    assert await bot.seen() == [sent(2)]


@pytest.mark.parametrize(("age", "counts"), [(45 * HOUR, 1), (47 * HOUR, 0), (-2 * MINUTE, 0)])
async def test_too_old_and_the_future_do_not_count(bot: Bot, far: Far, age: timedelta, counts: int) -> None:
    """Beside what is too old the raw rows may be gone."""
    with far.pusher() as pusher:
        pusher.spool.append([sent(1, at=T0 - age)])
        await pusher.flush()
    assert len(await bot.seen()) == counts


async def test_a_clock_that_is_a_little_wrong_is_corrected(bot: Bot, far: Far) -> None:
    """Four minutes ahead there: saved with our time; the length of the way was measured by one clock and is kept."""
    far.clock.at = T0 + 4 * MINUTE
    with far.pusher() as pusher:
        pusher.spool.append([sent(1, at=far.clock.at - 10 * SECOND), arrived(1, at=far.clock.at - 10 * SECOND)])
        await pusher.flush()
        assert pusher.offset.best is not None
        assert pusher.offset.best.offset == timedelta(minutes=-4)
    first, second = await bot.seen()
    assert (first.at, second.at) == (T0 - 9 * SECOND, T0 - 4 * SECOND)
    assert second == arrived(1, at=T0 - 10 * SECOND)
    async with bot.store.read() as tx:
        push = await tx.pushes.newest("tokyo")
    assert push is not None
    assert push.offset == timedelta(minutes=-4)


@pytest.mark.parametrize(("skew", "words"), [(3 * HOUR, "3:00:00 ahead of ours"), (-3 * HOUR, "3:00:00 behind ours")])
async def test_a_clock_that_is_hours_wrong_is_said_and_nothing_is_lost(
    bot: Bot, far: Far, skew: timedelta, words: str
) -> None:
    """Not believed, and not locked out without a word: what to do is in the error, and what waits waits on."""
    far.clock.at = T0 + skew
    with far.pusher() as pusher:
        pusher.spool.append([sent(1)])
        with pytest.raises(PushError, match=f"{words}.*timedatectl set-ntp true"):
            await pusher.flush()
        assert len(pusher.spool) == 1
    assert await bot.seen() == []
    far.clock.at = T0 + 10 * SECOND
    bot.clock.at = T0 + 10 * SECOND
    with far.pusher() as pusher:
        await pusher.flush()
    assert await bot.seen() == [sent(1)]


async def test_a_clock_that_is_set_back_is_no_replay(bot: Bot, far: Far) -> None:
    """By two minutes, and over a restart of the vantage: it learns after which moment to sign."""
    far.clock.at = T0 + 2 * MINUTE
    with far.pusher() as pusher:
        pusher.spool.append([sent(1)])
        await pusher.flush()
    far.clock.at = T0
    with far.pusher() as pusher:
        pusher.spool.append([sent(2)])
        with pytest.raises(PushError, match="signed before"):
            await pusher.flush()
        await pusher.flush()
    assert len(await bot.seen()) == 2


async def test_a_bot_that_is_down_gets_all_when_it_is_up(bot: Bot, far: Far) -> None:
    """In order, after waits that grow; nothing is lost and nothing comes twice."""
    bot.up = False
    with far.pusher() as pusher:
        pushing = asyncio.create_task(pusher.run(lambda: None))
        for number in range(1, 4):
            pusher.spool.append([sent(number)])
        while len(far.clock.waits) < 4:  # noqa: ASYNC110 - it waits by a clock that passes at once
            await asyncio.sleep(0)
        bot.up = True
        bot.clock.at = far.clock.at
        while len(pusher.spool):
            await asyncio.sleep(0.01)
            bot.clock.at = far.clock.at
        pushing.cancel()
        await asyncio.gather(pushing, return_exceptions=True)
    assert await bot.seen() == [sent(1), sent(2), sent(3)]
    assert far.clock.waits[3] > far.clock.waits[0]


async def test_a_bot_that_cannot_save_says_so_and_asks_to_wait(bot: Bot, far: Far) -> None:
    """503 with Retry-After, and the line is kept."""
    bot.saving = False
    with far.pusher() as pusher:
        pusher.spool.append([sent(1)])
        with pytest.raises(PushError, match="cannot save") as failed:
            await pusher.flush()
        assert failed.value.retry_after == 15 * SECOND
        bot.saving = True
        await pusher.flush()
    assert await bot.seen() == [sent(1)]


async def test_a_kill_between_taken_and_noted_repeats_nothing(bot: Bot, far: Far) -> None:
    """The bot has it, the vantage's mark was not yet written: the lines are there again after the start."""
    with far.pusher() as pusher:
        pusher.spool.append([sent(1), sent(2)])
        before = {path.name: path.read_bytes() for path in far.folder.iterdir()}
        await pusher.flush()
    for name, kept in before.items():
        (far.folder / name).write_bytes(kept)
    bot.clock.at = far.clock.at = T0 + MINUTE
    with far.pusher() as pusher:
        assert len(pusher.spool) == 2
        pusher.spool.append([sent(3)])
        await pusher.flush()
    assert await bot.seen() == [sent(1), sent(2), sent(3)]


async def test_more_than_a_push_holds_goes_in_several(bot: Bot, far: Far) -> None:
    """In order, each bounded."""
    with far.spool(most=5000) as spool:
        spool.append([sent(number, at=T0 - HOUR) for number in range(1, 1202)])
    with far.pusher() as pusher:
        await pusher.flush()
    assert len(await bot.seen()) == 1201


async def test_too_many_pushes_are_asked_to_wait(bot: Bot, far: Far) -> None:
    """A vantage that went wild costs the bot little; a minute later it may again."""
    with far.pusher() as pusher:
        for _ in range(120):
            await pusher.greet()
        with pytest.raises(PushError, match="120 pushes a minute") as failed:
            await pusher.greet()
        assert failed.value.retry_after == MINUTE
        bot.clock.at = far.clock.at = T0 + MINUTE
        await pusher.greet()
    assert await bot.seen() == []


async def test_a_suspicion_reaches_the_vantage_with_the_answer(bot: Bot, far: Far) -> None:
    """Only for routes of its own."""
    bot.confirm = ("outbound-tokyo", "outbound-here")
    asked: list[str] = []
    with far.pusher() as pusher:
        pusher.confirm = asked.extend
        pusher.spool.append([sent(1)])
        await pusher.flush()
    assert asked == ["outbound-tokyo"]


async def test_a_wrong_secret_says_where_to_look(far: Far) -> None:
    """The bot says nothing to a stranger, so we do."""
    far.secret = SecretStr("something else altogether")
    with far.pusher() as pusher, pytest.raises(PushError, match=r"HTTP 401.*another secret.*\[vantages\]"):
        await pusher.greet()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "describes no push"),
        (b'{"version": 2}', "update the older side"),
        (b'{"version": 1, "offset_s": 1e999}', "describes no push"),
        (b'{"version": 1, "offset_s": 86400}', "beyond belief"),
        (b'{"version": 1}\n{"n": 2, "t": 0, "event": "sent"}\n{"n": 1, "t": 0, "event": "sent"}', "do not grow"),
        (b'{"version": 1}\n{"event": "sent"}', "no number"),
        (b"\xff\xfe", "describes no push"),
        (b'{"version": 1}' + b'\n{"n": 1}' * 501, "more than 500"),
    ],
)
async def test_what_is_signed_and_no_push_is_told_why(bot: Bot, far: Far, body: bytes, words: str) -> None:
    """The two sides may be of different versions."""
    answer = await post(far, body, signed(body))
    assert answer.status_code in {400, 403}
    assert words in answer.json()["error"]
    assert await bot.seen() == []


async def test_a_spool_that_two_hold_is_refused(far: Far) -> None:
    """Two at once would push the same lines."""
    with far.spool(), pytest.raises(SpoolError, match="another mailstatus"), far.spool():
        raise AssertionError("it was opened twice")


def test_the_folder_is_ours_alone(far_folder: Path) -> None:
    """What servers said is nobody else's."""
    assert far_folder.stat().st_mode & 0o077 == 0


@pytest.fixture
def far_folder(tmp_path: Path) -> Path:
    with open_spool(tmp_path / "spool", now=lambda: T0):
        return tmp_path / "spool"
