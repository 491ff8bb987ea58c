"""A folder with three messages."""

from datetime import timedelta

import pytest

from bot.demo.imap.view import View
from bot.demo.mail.mailbox import INBOX, Folder
from tests.demo.conftest import NOON


def letter(number: int) -> bytes:
    """Write one."""
    return (
        f"From: canary{number}@contoso.example\r\nTo: ana@fabrikam.example\r\nSubject: Probe {number}\r\n"
        f"X-Probe: id-{number}\r\nX-Long: first\r\n second\r\n\r\nBody {number}\r\n"
    ).encode()


@pytest.fixture
def folder() -> Folder:
    """Give messages of three days, the second one read."""
    folder = Folder(INBOX)
    for number in (1, 2, 3):
        folder.add(letter(number), NOON + timedelta(days=number))
    folder.messages[1].flags.add("\\Seen")
    return folder


@pytest.fixture
def view(folder: Folder) -> View:
    """Open the folder."""
    return View(folder, read_only=False)
