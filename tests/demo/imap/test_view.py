"""A folder as one session sees it."""

from bot.demo.imap.view import View
from bot.demo.mail.mailbox import Folder
from tests.demo.conftest import NOON


def test_selecting_tells_what_is_there(view: View) -> None:
    """How many, and which number comes next."""
    assert view.greeting()[0] == "3 EXISTS"
    assert "OK [UIDNEXT 4] Next" in view.greeting()


def test_numbers_stay_until_the_client_is_told(view: View, folder: Folder) -> None:
    """Another session removed the first message and one came."""
    folder.remove(folder.messages[:1])
    folder.add(b"\r\n\r\n", NOON)
    assert [stored.uid for _, stored in view.messages] == [1, 2, 3]
    assert view.news() == ["1 EXPUNGE", "3 EXISTS"]
    assert [stored.uid for _, stored in view.messages] == [2, 3, 4]
    assert view.news() == []


def test_expunging_drops_what_is_marked(view: View, folder: Folder) -> None:
    """Told from the back, so that the numbers are right while the client follows."""
    for stored in (folder.messages[0], folder.messages[2]):
        stored.flags.add("\\Deleted")
    view.expunge()
    assert [stored.uid for stored in folder.messages] == [2]
    assert view.news() == ["3 EXPUNGE", "1 EXPUNGE"]
