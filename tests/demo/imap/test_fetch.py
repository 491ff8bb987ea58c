"""FETCH."""

import pytest

from bot.demo.imap.fetch import fetched, items, marks_seen
from bot.demo.imap.view import View
from bot.demo.imap.wire import WireError
from tests.demo.imap.conftest import letter


def fetch(view: View, *asked: str) -> bytes:
    """Fetch the second message's items."""
    number, stored = view.messages[1]
    return fetched(number, stored, asked)


def literal(label: str, content: bytes) -> bytes:
    """Write what one literal in an answer looks like."""
    return b"* 2 FETCH (%s {%d}\r\n%s)\r\n" % (label.encode(), len(content), content)


HEAD = letter(2).partition(b"Body")[0]


@pytest.mark.parametrize(
    ("item", "label", "content"),
    [
        ("BODY[]", "BODY[]", letter(2)),
        ("BODY.PEEK[]", "BODY[]", letter(2)),
        ("body.peek[header]", "BODY[header]", HEAD),
        ("BODY[TEXT]", "BODY[TEXT]", b"Body 2\r\n"),
        ("RFC822", "RFC822", letter(2)),
        ("RFC822.HEADER", "RFC822.HEADER", HEAD),
        ("RFC822.TEXT", "RFC822.TEXT", b"Body 2\r\n"),
        ("BODY[]<0.4>", "BODY[]<0>", b"From"),
        ("BODY.PEEK[TEXT]<5.100>", "BODY[TEXT]<5>", b"2\r\n"),
        (
            "BODY.PEEK[HEADER.FIELDS (SUBJECT X-LONG)]",
            "BODY[HEADER.FIELDS (SUBJECT X-LONG)]",
            b"Subject: Probe 2\r\nX-Long: first\r\n second\r\n\r\n",
        ),
        (
            "BODY.PEEK[HEADER.FIELDS.NOT (FROM TO SUBJECT X-LONG)]",
            "BODY[HEADER.FIELDS.NOT (FROM TO SUBJECT X-LONG)]",
            b"X-Probe: id-2\r\n\r\n",
        ),
    ],
)
def test_contents(view: View, item: str, label: str, content: bytes) -> None:
    """As literals of the right length, folded headers whole."""
    assert fetch(view, item) == literal(label, content)


def test_facts_about_a_message(view: View) -> None:
    """Number, flags, size and when it came."""
    size = len(letter(2))
    assert fetch(view, "UID", "FLAGS", "RFC822.SIZE", "INTERNALDATE") == (
        f'* 2 FETCH (UID 2 FLAGS (\\Seen) RFC822.SIZE {size} INTERNALDATE "19-Jul-2023 12:00:00 +0000")\r\n'.encode()
    )


def test_macros_are_spelled_out() -> None:
    """One item may stand for several."""
    assert items("FAST") == ["FLAGS", "INTERNALDATE", "RFC822.SIZE"]
    assert items(["UID", "FLAGS"]) == ["UID", "FLAGS"]


def test_only_reading_marks_as_read() -> None:
    """A peek and a look at the headers do not."""
    assert marks_seen(["BODY[TEXT]"])
    assert marks_seen(["rfc822"])
    assert not marks_seen(["BODY.PEEK[]", "RFC822.HEADER", "FLAGS"])


@pytest.mark.parametrize("item", ["ENVELOPE", "BODY", "BODY[7]", "BODYSTRUCTURE"])
def test_what_cannot_be_fetched(view: View, item: str) -> None:
    """Is said."""
    with pytest.raises(WireError):
        fetch(view, item)
