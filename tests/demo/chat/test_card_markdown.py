"""Cards' markdown as people see it."""

import pytest

from bot.demo.chat.card_markdown import card_markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param(
            "**bold** and *it* and _it_", "<strong>bold</strong> and <em>it</em> and <em>it</em>", id="formats"
        ),
        pytest.param(r"\*\*not\*\* \[a\]\(b\)", "**not** [a](b)", id="escaped signs"),
        pytest.param("one\n\ntwo\rthree", "one<br>two<br>three", id="lines"),
        pytest.param("- a\r- b", "• a<br>• b", id="a list"),
        pytest.param("1. a", "1. a", id="a numbered list"),
        pytest.param("<script>&", "&lt;script&gt;&amp;", id="html is text"),
        pytest.param(
            "[more](https://a.example/?x=1&y)",
            '<a href="https://a.example/?x=1&amp;y" rel="noreferrer">more</a>',
            id="a link",
        ),
        pytest.param("[click](javascript:alert(1))", "click)", id="no link to a script"),
        pytest.param(
            "{{DATE(2023-07-18T05:00:00Z,SHORT)}} {{TIME(2023-07-18T05:00:00Z)}}",
            '<time datetime="2023-07-18T05:00:00+00:00">Tue, 18 Jul 2023</time> '
            '<time datetime="2023-07-18T05:00:00+00:00">05:00</time>',
            id="moments",
        ),
        pytest.param(
            "{{DATE(2023-07-18T05:00:00Z)}}",
            '<time datetime="2023-07-18T05:00:00+00:00">18/7/2023</time>',
            id="compact",
        ),
        pytest.param("{{TIME(soon)}}", "{{TIME(soon)}}", id="a broken moment is text"),
        pytest.param("<at>Ana & Ben</at>", '<span class="mention">Ana &amp; Ben</span>', id="a mention"),
    ],
)
def test_shown(text: str, html: str) -> None:
    """Escaped, with nothing that was not meant."""
    assert card_markdown(text) == html
