import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.mail import ImapInbox, Mailbox, MailError, Names, Security, Server
from bot.mail.headers import header
from bot.microsoft import GraphError
from tests.certificates import serving, write_certificate
from tests.mail.imap_server import ImapServer
from tests.mail.worlds import NOON, StillClock, mailbox


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    """Serve on loopback."""
    async with ImapServer() as running:
        yield running


@pytest.fixture
async def inbox(server: ImapServer) -> AsyncIterator[ImapInbox]:
    """Look into the server's mailbox."""
    looking = ImapInbox(mailbox(imap=server.port), StillClock())
    yield looking
    await looking.close()


def letter(subject: str, body: str = "x") -> bytes:
    return f"Subject: {subject}\r\n\r\n{body}\r\n".encode()


async def subjects(inbox: ImapInbox) -> list[str]:
    return [header(one.headers, "Subject") for one in await inbox.letters()]


async def test_each_look_gives_what_is_new(server: ImapServer, inbox: ImapInbox) -> None:
    """Nothing is read twice, and an empty mailbox is no error."""
    assert await subjects(inbox) == []
    server.inbox.put(letter("one"))
    server.inbox.put(letter("two"))
    assert await subjects(inbox) == ["one", "two"]
    assert await subjects(inbox) == []
    server.inbox.put(letter("three"))
    assert await subjects(inbox) == ["three"]


async def test_the_junk_folder_is_looked_into_and_said(server: ImapServer, inbox: ImapInbox) -> None:
    """Mail that lands there has not arrived for a person."""
    server.junk.put(letter("lost"))
    (found,) = await inbox.letters()
    assert found.folder == "junk"


async def test_a_mailbox_without_a_junk_folder_is_read(server: ImapServer, inbox: ImapInbox) -> None:
    """Some providers have none."""
    del server.folders["Junk E-Mail"]
    server.inbox.put(letter("one"))
    assert await subjects(inbox) == ["one"]


async def test_a_letter_says_when_its_server_stored_it(server: ImapServer, inbox: ImapInbox) -> None:
    """To the second, in UTC."""
    server.inbox.put(letter("one"), date="23-Nov-2026 13:00:05 +0100")
    (found,) = await inbox.letters()
    assert found.stored == datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


async def test_only_headers_are_read_until_the_whole_is_asked_for(server: ImapServer, inbox: ImapInbox) -> None:
    """Other people's mail may lie in the mailbox too."""
    server.inbox.put(letter("one", "the body"))
    (found,) = await inbox.letters()
    assert "body" not in found.headers.as_string()
    assert (await inbox.whole(found)).get_payload() == "the body\r\n"


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS", "IMAP4rev1"])
async def test_a_letter_is_deleted_for_good(server: ImapServer, inbox: ImapInbox, capabilities: str) -> None:
    """In its own folder, with or without UIDPLUS."""
    server.capabilities = capabilities
    server.inbox.put(letter("one"))
    server.junk.put(letter("two"))
    for found in await inbox.letters():
        await inbox.delete(found)
    assert server.inbox.stored == server.junk.stored == []


async def test_a_mailbox_full_of_old_mail_is_read_from_its_end(server: ImapServer, inbox: ImapInbox) -> None:
    """The first look goes back two hundred messages, a hundred at a time; older mail of other people is left alone."""
    for number in range(500):
        server.inbox.put(letter(str(number)))
    assert await subjects(inbox) == [str(number) for number in range(300, 400)]
    assert await inbox.wait()
    assert await subjects(inbox) == [str(number) for number in range(400, 500)]
    assert await subjects(inbox) == []
    assert "IDLE" not in server.commands


async def test_what_a_stopped_bot_left_behind_is_read_step_by_step(server: ImapServer, inbox: ImapInbox) -> None:
    """New mail goes first, and no look takes more than a hundred."""
    for number in range(550):
        server.inbox.put(letter(f"[mailstatus] {number}" if number < 350 else "lunch"))
    await inbox.letters()
    await inbox.letters()
    server.inbox.put(letter("new"))
    found = await subjects(inbox)
    assert (len(found), found[0], found[1], found[-1]) == (100, "new", "[mailstatus] 251", "[mailstatus] 349")
    steps = [len(await subjects(inbox)) for _ in range(4)]
    assert steps == [100, 100, 51, 0]


async def test_mail_that_came_in_a_heap_is_read_without_waiting(server: ImapServer, inbox: ImapInbox) -> None:
    """An outage ends, and all that waited comes at once."""
    await inbox.letters()
    for number in range(150):
        server.inbox.put(letter(str(number)))
    assert len(await inbox.letters()) == 100
    assert await inbox.wait()
    assert len(await inbox.letters()) == 50
    assert "IDLE" not in server.commands


async def test_a_message_was_there_when_the_server_told_of_it(server: ImapServer) -> None:
    """However long the look took that read it; those that came after it are there by the look."""
    clock = StillClock()
    inbox = ImapInbox(mailbox(imap=server.port), clock)
    await inbox.letters()
    clock.time += timedelta(seconds=20)
    waiting = asyncio.create_task(inbox.wait())
    await server.idling.wait()
    server.inbox.put(letter("one"))
    server.push("1 EXISTS")
    await waiting
    server.inbox.put(letter("two"))
    clock.time += timedelta(seconds=3)
    one, two = await inbox.letters()
    pushed = NOON + timedelta(seconds=20)
    assert (one.untold, one.told) == (pushed, pushed)
    assert (two.untold, two.told) == (pushed, pushed + timedelta(seconds=3))
    await inbox.close()


async def test_a_rebuilt_mailbox_is_read_anew(server: ImapServer, inbox: ImapInbox) -> None:
    """A new UIDVALIDITY makes all numbers void."""
    server.inbox.put(letter("one"))
    (old,) = await inbox.letters()
    server.inbox.validity += 1
    assert await subjects(inbox) == ["one"]
    with pytest.raises(MailError, match="new numbers"):
        await inbox.delete(old)


async def test_a_refused_sign_in_says_what_to_check_and_not_the_password(server: ImapServer) -> None:
    """The server's words are kept."""
    inbox = ImapInbox(mailbox(imap=server.port, password="hunter2"), StillClock())
    with pytest.raises(MailError, match=r"LOGIN failed.*check user, password") as caught:
        await inbox.letters()
    assert "hunter2" not in str(caught.value)


async def test_nobody_listening_is_an_error_with_the_mailbox_in_it(unused_tcp_port: int) -> None:
    """Which of several it is must be clear."""
    inbox = ImapInbox(mailbox("bob", imap=unused_tcp_port), StillClock())
    with pytest.raises(MailError, match="The mailbox bob cannot be read"):
        await inbox.letters()


async def test_a_dead_resolver_is_said_with_what_to_do() -> None:
    """And not as if the mailbox's server were at fault."""

    async def again(_: str) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    somewhere = Server(host="imap.example", port=993)
    inbox = ImapInbox(Mailbox(name="bob", address="bob@x.example", imap=somewhere), StillClock(), Names(again))
    with pytest.raises(MailError, match=r"The mailbox bob cannot be read: This machine .* Check /etc/resolv\.conf"):
        await inbox.letters()


@pytest.mark.parametrize("command", ["LOGIN", "LIST", "SELECT", "SEARCH", "FETCH"])
async def test_a_line_that_is_cut_ends_the_look_and_the_next_one_connects_again(
    server: ImapServer, inbox: ImapInbox, command: str
) -> None:
    """No call waits for an answer that cannot come."""
    server.inbox.put(letter("one"))
    server.hang_up = {command}
    with pytest.raises(MailError, match="cut the connection"):
        await inbox.letters()
    server.hang_up = set()
    assert await subjects(inbox) == ["one"]


@pytest.mark.parametrize("command", ["LIST", "SELECT", "SEARCH", "FETCH"])
async def test_a_refused_command_keeps_the_servers_words(server: ImapServer, inbox: ImapInbox, command: str) -> None:
    """And the next look tries again."""
    server.inbox.put(letter("one"))
    server.refuse = {command: "NO [UNAVAILABLE] try later"}
    with pytest.raises(MailError, match=f"refuses {command}: NO .*try later"):
        await inbox.letters()
    server.refuse = {}
    assert await subjects(inbox) == ["one"]


async def test_a_greeting_that_refuses_is_an_error(server: ImapServer, inbox: ImapInbox) -> None:
    """Too many connections, for example."""
    server.greeting = "BYE too many connections"
    with pytest.raises(MailError):
        await inbox.letters()


async def test_a_cancelled_look_leaves_no_half_answer_behind(server: ImapServer, inbox: ImapInbox) -> None:
    """The next look has a line of its own."""
    await inbox.letters()
    server.mute = {"SELECT"}
    looking = asyncio.create_task(inbox.letters())
    await server.muted.wait()
    looking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await looking
    server.mute = set()
    server.inbox.put(letter("one"))
    assert await subjects(inbox) == ["one"]


async def test_waiting_ends_when_the_server_tells_of_new_mail(server: ImapServer, inbox: ImapInbox) -> None:
    """What else it says does not."""
    await inbox.letters()
    waiting = asyncio.create_task(inbox.wait())
    await server.idling.wait()
    server.push("OK still here")
    server.inbox.put(letter("one"))
    server.push("1 EXISTS")
    assert await waiting
    assert await subjects(inbox) == ["one"]


async def test_what_is_told_after_a_wait_had_ended_wakes_no_later_one(server: ImapServer, inbox: ImapInbox) -> None:
    """It would count messages that are gone by then as there."""
    server.late_push = "* 9 EXISTS"
    await inbox.letters()
    for number in (1, 2):
        waiting = asyncio.create_task(inbox.wait())
        await server.idling.wait()
        server.idling.clear()
        await asyncio.wait([waiting], timeout=0)
        assert not waiting.done()
        server.inbox.put(letter(str(number)))
        server.push(f"{number} EXISTS")
        assert await waiting
        assert await subjects(inbox) == [str(number)]


async def test_waiting_ends_at_once_when_mail_came_since_the_look(server: ImapServer, inbox: ImapInbox) -> None:
    """It came between the look and the wait."""
    await inbox.letters()
    server.inbox.put(letter("one"))
    assert await inbox.wait()
    assert "IDLE" not in server.commands


async def test_waiting_is_not_possible_where_the_server_cannot_tell(server: ImapServer, inbox: ImapInbox) -> None:
    """The caller looks again after a while."""
    server.capabilities = "IMAP4rev1"
    assert not await inbox.wait()


async def test_waiting_ends_with_an_error_when_the_line_is_cut(server: ImapServer, inbox: ImapInbox) -> None:
    """A dead line must not look like silence."""
    await inbox.letters()
    waiting = asyncio.create_task(inbox.wait())
    await server.idling.wait()
    server.cut()
    with pytest.raises(MailError, match="cut the connection"):
        await waiting


async def test_a_refused_idle_is_an_error(server: ImapServer, inbox: ImapInbox) -> None:
    """Some servers list what they do not do."""
    await inbox.letters()
    server.refuse = {"IDLE": "BAD no"}
    with pytest.raises(MailError, match="IDLE"):
        await inbox.wait()


async def test_a_token_signs_in_by_xoauth2(server: ImapServer) -> None:
    """The provider gives it anew for each connection."""

    async def token() -> SecretStr:
        return SecretStr("t0ken")

    inbox = ImapInbox(
        Mailbox(
            name="a",
            address="a@x.example",
            imap=Server(host="127.0.0.1", port=server.port, security=Security.PLAIN),
            secret=token,
        ),
        StillClock(),
    )
    assert await subjects(inbox) == []
    assert any(command.startswith("AUTHENTICATE XOAUTH2 ") for command in server.commands)
    await inbox.close()


async def test_a_token_that_is_not_given_is_an_error_of_the_mailbox(server: ImapServer) -> None:
    """With what Entra said."""

    async def token() -> SecretStr:
        raise GraphError("The client secret has expired")

    plain = Server(host="127.0.0.1", port=server.port, security=Security.PLAIN)
    inbox = ImapInbox(Mailbox(name="a", address="a@x.example", imap=plain, secret=token), StillClock())
    with pytest.raises(MailError, match="secret has expired"):
        await inbox.letters()


async def test_tls_is_checked_against_the_given_authority(tmp_path: Path) -> None:
    """Without it the server is not trusted."""
    pem = write_certificate(tmp_path)
    async with ImapServer(tls=serving(pem)) as server:
        server.inbox.put(letter("one"))
        for ca_bundle, expected in ((pem, ["one"]), (None, None)):
            at = Server(host="127.0.0.1", port=server.port)
            inbox = ImapInbox(
                Mailbox(name="a", address="a@x.example", imap=at, secret=SecretStr("secret"), ca_bundle=ca_bundle),
                StillClock(),
            )
            if expected is not None:
                assert await subjects(inbox) == expected
            else:
                with pytest.raises(MailError, match="certificate"):
                    await inbox.letters()
            await inbox.close()


def test_a_mailbox_must_have_a_server_that_can_be_used() -> None:
    """Said when it is set up, not at the first look."""
    with pytest.raises(ValueError, match="has no IMAP server"):
        ImapInbox(mailbox("a"), StillClock())
    server = Server(host="imap.example", port=143, security=Security.STARTTLS)
    with pytest.raises(ValueError, match="use 'tls', port 993"):
        ImapInbox(Mailbox(name="a", address="a@x.example", imap=server), StillClock())
