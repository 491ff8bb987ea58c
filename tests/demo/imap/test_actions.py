"""What a client does to a folder."""

import pytest

from bot.demo.imap.actions import RefusedError, act, opened
from bot.demo.imap.view import View
from bot.demo.imap.wire import Argument, Command, WireError
from bot.demo.mail.mailbox import Account, Folder


def do(view: View, name: str, *args: Argument) -> bytes:
    """Do a command; gives the untagged answers."""
    return b"".join(act(Command(tag="a", name=name, args=list(args)), view).untagged)


def flags(view: View) -> list[list[str]]:
    """Give the flags of all messages."""
    return [sorted(stored.flags) for _, stored in view.messages]


def test_searching_gives_numbers_of_the_wanted_kind(view: View, folder: Folder) -> None:
    """By sequence, or by UID."""
    folder.remove(folder.messages[:1])
    view.news()
    assert do(view, "SEARCH", "ALL") == b"* SEARCH 1 2\r\n"
    assert do(view, "UID", "SEARCH", "ALL") == b"* SEARCH 2 3\r\n"
    assert do(view, "SEARCH", "SUBJECT", "nothing") == b"* SEARCH\r\n"


def test_fetching_by_uid_always_tells_the_uid(view: View) -> None:
    """Asked for or not."""
    assert do(view, "UID", "FETCH", "3", "FLAGS") == b"* 3 FETCH (UID 3 FLAGS ())\r\n"
    assert do(view, "UID", "FETCH", "3", ["UID", "FLAGS"]) == b"* 3 FETCH (UID 3 FLAGS ())\r\n"
    assert do(view, "FETCH", "3", "FLAGS") == b"* 3 FETCH (FLAGS ())\r\n"


def test_reading_marks_as_read_unless_the_folder_is_only_looked_at(folder: Folder) -> None:
    """EXAMINE changes nothing."""
    do(View(folder, read_only=True), "FETCH", "1", "BODY[]")
    assert folder.messages[0].flags == set()
    do(View(folder, read_only=False), "FETCH", "1", "BODY[]")
    assert folder.messages[0].flags == {"\\Seen"}


def test_flags_are_added_taken_away_and_set(view: View) -> None:
    """In any case, silently or not."""
    assert do(view, "STORE", "1", "+FLAGS", ["\\deleted"]) == b"* 1 FETCH (FLAGS (\\Deleted))\r\n"
    assert do(view, "UID", "STORE", "2", "-FLAGS.SILENT", ["\\Seen"]) == b""
    do(view, "STORE", "3", "FLAGS", "\\Flagged", "Mine")
    assert flags(view) == [["\\Deleted"], [], ["Mine", "\\Flagged"]]


def test_expunging_and_closing(view: View, folder: Folder) -> None:
    """Both remove what is marked; closing tells nothing and leaves the folder."""
    do(view, "STORE", "1", "+FLAGS", ["\\Deleted"])
    do(view, "EXPUNGE")
    assert len(folder.messages) == 2
    view.news()
    do(view, "STORE", "1", "+FLAGS", ["\\Deleted"])
    assert act(Command(tag="a", name="CLOSE", args=[]), view).closes
    assert len(folder.messages) == 1
    assert do(view, "CHECK") == b""


@pytest.mark.parametrize("command", [("STORE", "1", "+FLAGS", "\\Seen"), ("EXPUNGE",)])
def test_a_folder_that_is_only_looked_at_is_not_changed(folder: Folder, command: tuple[str, ...]) -> None:
    """The server says no."""
    with pytest.raises(RefusedError):
        do(View(folder, read_only=True), *command)
    act(Command(tag="a", name="CLOSE", args=[]), View(folder, read_only=True))
    assert len(folder.messages) == 3


@pytest.mark.parametrize("command", [("DANCE",), ("STORE", "1", "FLEGS", "x"), ("UID", "DANCE"), ("FETCH", "x", "UID")])
def test_what_is_no_command(view: View, command: tuple[str, ...]) -> None:
    """Is said."""
    with pytest.raises(WireError):
        do(view, *command)


def test_only_folders_that_exist_can_be_opened() -> None:
    """By their names."""
    account = Account(address="ana@contoso.example", password="pw")
    assert opened(account, "Junk Email", read_only=True).folder is account.junk
    with pytest.raises(RefusedError):
        opened(account, "Holiday", read_only=False)
