from hypothesis import example, given
from hypothesis import strategies as st

from bot.mail.headers import header, headers, parse


@given(st.binary(max_size=2000))
@example(b"Subject: =?x-unknown?q?a?=\r\n\r\n")
@example(b"Subject: =?utf-8?b?a?=\r\n\r\n")
@example("Subject: =?\u00fc?q?a?=\r\n\r\n".encode())
@example(b"Subject: =?\xff\xfe?q?a?=\r\n\r\n")
@example(b"Subject: =?utf-8?b?%%%?= \xff\r\n\r\n")
def test_any_bytes_are_read(raw: bytes) -> None:
    """What strangers send may be broken in every way."""
    message = parse(raw)
    assert isinstance(header(message, "Subject"), str)
    assert isinstance(headers(message, "Received", most=9), list)


def test_encoded_words_are_decoded_and_folds_removed() -> None:
    """A header reads as one line of text."""
    assert header(parse(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n aus Wien\r\n\r\n"), "subject") == "Grüße aus Wien"


def test_encoded_words_that_cannot_be_decoded_stay_as_they_are() -> None:
    """The raw word may still hold a token."""
    assert header(parse(b"Subject: =?x-none?q?abc?=\r\n\r\n"), "Subject") == "=?x-none?q?abc?="


def test_a_message_nested_beyond_reason_reads_as_empty() -> None:
    """Ten thousand letters in letters must not end the bot."""
    assert parse(b"Content-Type: message/rfc822\r\n\r\n" * 10_000).keys() == []


def test_a_long_header_is_cut() -> None:
    """Only its beginning is read."""
    assert len(header(parse(b"Subject: " + b"a" * 100_000), "Subject")) == 4096
