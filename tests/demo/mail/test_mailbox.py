"""Mailboxes in memory."""

import asyncio

from bot.demo.mail.mailbox import INBOX, JUNK, MOST_MESSAGES, Account, Folder
from tests.demo.conftest import NOON

RAW = b"Subject: hello\r\nX-Probe: 7\r\n\r\nbody\r\n"


def test_messages_get_numbers_that_never_come_again() -> None:
    """Not even after the newest was removed."""
    folder = Folder(INBOX)
    one, two = folder.add(RAW, NOON), folder.add(RAW, NOON)
    folder.remove([two])
    three = folder.add(RAW, NOON)
    assert [one.uid, two.uid, three.uid] == [1, 2, 3]
    assert [stored.uid for stored in folder.messages] == [1, 3]
    assert folder.uid_next == 4


def test_headers_are_read_once_at_arrival() -> None:
    """Searching must not parse every message again."""
    assert Folder(INBOX).add(RAW, NOON).headers["X-Probe"] == "7"


def test_a_folder_has_a_bound() -> None:
    """The oldest give way."""
    folder = Folder(INBOX)
    folder.messages = [folder.add(b"\r\n\r\n", NOON)] * MOST_MESSAGES
    newest = folder.add(RAW, NOON)
    assert len(folder.messages) == MOST_MESSAGES
    assert folder.messages[-1] is newest


async def test_whoever_waits_hears_of_an_arrival_and_of_a_removal() -> None:
    """Each change wakes those who wait at that time."""
    folder = Folder(INBOX)
    waiting = asyncio.create_task(folder.change())
    await asyncio.sleep(0)
    stored = folder.add(RAW, NOON)
    await waiting
    waiting = asyncio.create_task(folder.change())
    await asyncio.sleep(0)
    assert not waiting.done()
    folder.remove([stored])
    await waiting


def test_folders_are_found_in_any_case() -> None:
    """As IMAP wants it for the inbox."""
    account = Account(address="ana@contoso.example", password="pw")
    assert account.folder("inbox") is account.inbox
    assert account.folder("JUNK email") is account.junk
    assert account.folder("Sent") is None
    assert [folder.name for folder in account.folders] == [INBOX, JUNK]


def test_a_password_is_not_shown() -> None:
    """Not even by accident in a log."""
    assert "pw-secret" not in repr(Account(address="ana@contoso.example", password="pw-secret"))
