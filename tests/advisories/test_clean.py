"""Plain text out of what feeds print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisories.clean import MOST_CHARACTERS, line, plain


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("<p><strong>Title:</strong>&nbsp;Mail</p><p>is late</p>", "Title: Mail\nis late", id="html"),
        pytest.param("one<br/><br/>two<br>three", "one\ntwo\nthree", id="breaks become lines, once"),
        pytest.param("Users&#39; mail &amp; more", "Users' mail & more", id="entities"),
        pytest.param("a &amp;nbsp; b", "a b", id="entities escaped twice"),
        pytest.param("1 < 2 and 3 > 2", "1 < 2 and 3 > 2", id="a mark of comparison is no tag"),
        pytest.param("Usersâ€™ mail", "Users' mail", id="UTF-8 read as Windows-1252"),
        pytest.param("MÃ¼nchen", "München", id="an umlaut read as Windows-1252"),
        pytest.param("AdminsÔÇÖ reports", "Admins' reports", id="UTF-8 read in a console's code page"),
        pytest.param("ÔÇx stays", "ÔÇx stays", id="what only looks like it"),
        pytest.param("Âge et Ô temps", "Âge et Ô temps", id="honest accents stay"),
        pytest.param("line one\\\n\nline two\\", "line one\nline two", id="stray backslashes"),
        pytest.param("C:\\Temp is a path", "C:\\Temp is a path", id="a backslash inside a word stays"),
        pytest.param("a\u200bb\u202ec\ufeff", "abc", id="nothing unseen is left"),
        pytest.param("a\ud800b", "a\ufffdb", id="half a character cannot be printed"),
        pytest.param("a\x00b\x07c", "a b c", id="control characters"),
        pytest.param("a<script>alert(1)</script>b<style>p{}</style>c", "abc", id="scripts and styles say nothing"),
        pytest.param("<!-- note -->mail<?xml?>", "mail", id="comments"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends of every system"),
        pytest.param({"contentType": "html", "content": "<b>x</b>"}, "x", id="a description of Graph"),
        pytest.param({"content": {"content": "x"}}, "", id="nested where no nesting is"),
        pytest.param(1234, "1234", id="a number that should be a text"),
        pytest.param(True, "", id="a truth"),
        pytest.param(None, "", id="null"),
        pytest.param(["x"], "", id="a list"),
        pytest.param(10**5000, "", id="a number too long to print"),
    ],
)
def test_what_a_feed_prints_becomes_plain_text(raw: object, text: str) -> None:
    assert plain(raw) == text


def test_a_line_has_no_breaks() -> None:
    assert line("<p>a</p><p>b</p>") == "a b"


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    assert len(plain("x" * 10 * MOST_CHARACTERS)) == MOST_CHARACTERS


@given(st.text())
def test_any_text_becomes_text_that_can_be_printed(text: str) -> None:
    assert isinstance(plain(text).encode(), bytes)


@given(st.recursive(st.none() | st.integers() | st.floats() | st.booleans() | st.text(), st.lists))
def test_any_value_becomes_text(value: object) -> None:
    assert isinstance(plain(value), str)
