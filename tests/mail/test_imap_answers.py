from datetime import UTC, datetime

import pytest

from bot.mail.imap_answers import fetched, junk_folder, selected, uids


def test_each_message_of_a_fetch_is_given_with_its_literal() -> None:
    """The server chooses where it says the UID."""
    lines: list[bytes | bytearray] = [
        b'1 FETCH (UID 5 INTERNALDATE "23-Nov-2026 13:00:00 +0100" BODY[HEADER] {4}',
        bytearray(b"a: b"),
        b")",
        b"2 FETCH (BODY[HEADER] {4}",
        bytearray(b"c: d"),
        b' INTERNALDATE " 3-Nov-2026 12:00:00 +0000" UID 6)',
        b"FETCH completed.",
    ]
    first, second = fetched(lines)
    assert (first.uid, first.content, first.stored) == (5, b"a: b", datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert (second.uid, second.content, second.stored) == (6, b"c: d", datetime(2026, 11, 3, 12, tzinfo=UTC))


def test_a_fetch_answer_without_uid_or_date_is_no_error() -> None:
    """Servers push flags of other messages in between."""
    lines = [b"3 FETCH (FLAGS (\\Seen))", b'4 FETCH (UID 8 INTERNALDATE "32-Nov-2026 12:00:00 +0000")', b"done"]
    assert [(one.uid, one.content, one.stored) for one in fetched(lines)] == [(8, b"", None)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([b"7 5 6", b"SEARCH done in 12 ms"], [5, 6, 7]),
        ([b"", b"done"], []),
        ([b"done"], []),
        ([b"5 " + b"9" * 5000, b"done"], [5]),
    ],
)
def test_the_numbers_of_a_search_are_read(lines: list[bytes | bytearray], expected: list[int]) -> None:
    """The closing words may hold numbers too."""
    assert uids(lines) == expected


def test_a_selected_folder_says_how_much_it_holds() -> None:
    """What the server leaves out is 0."""
    full = selected([b"12 EXISTS", b"OK [UIDVALIDITY 7] ok", b"OK [UIDNEXT 40] ok", b"[READ-WRITE] done"])
    assert (full.exists, full.validity, full.next_uid) == (12, 7, 40)
    assert selected([b"done"]).exists == 0


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([b'(\\HasNoChildren) "/" INBOX', b'(\\Junk \\HasNoChildren) "/" "Courrier ind&AOk-sirable"', b"ok"],
                     '"Courrier ind&AOk-sirable"', id="by its flag"),
        pytest.param([b'(\\HasNoChildren) "/" "Junk Email"', b"ok"], '"Junk Email"', id="by its name"),
        pytest.param([b'(\\HasNoChildren) "." INBOX.spam', b"ok"], "INBOX.spam", id="without quotes"),
        pytest.param([b'() "/" Spam', b"(\\Junk) NIL Other", b"ok"], "Other", id="the flag goes before the name"),
        pytest.param([b'(\\HasNoChildren) "/" Sent', b"ok"], None, id="there is none"),
    ],
)  # fmt: skip
def test_the_junk_folder_is_found(lines: list[bytes | bytearray], expected: str | None) -> None:
    """Its name depends on provider and language."""
    assert junk_folder(lines) == expected
