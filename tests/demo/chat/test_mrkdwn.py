"""mrkdwn as people see it."""

import pytest

from bot.demo.chat.mrkdwn import decoded, mrkdwn, plain


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param(
            "*bold* _it_ ~gone~ `code`", "<strong>bold</strong> <em>it</em> <s>gone</s> <code>code</code>", id="formats"
        ),
        pytest.param("2*3*4 a_b_c", "2*3*4 a_b_c", id="signs inside words are no formats"),
        pytest.param("one\ntwo", "one<br>two", id="lines"),
        pytest.param("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;", id="entities are shown as what they stand for"),
        pytest.param("&lt;!channel&gt;", "&lt;!channel&gt;", id="an escaped mention is none"),
        pytest.param("<!here>", '<span class="mention">@here</span>', id="a live mention"),
        pytest.param("<!subteam^S1>", '<span class="mention">@S1</span>', id="a group"),
        pytest.param("<@U1|ana>", '<span class="mention">@ana</span>', id="a person"),
        pytest.param("<#C1|general>", '<span class="mention">#general</span>', id="a channel"),
        pytest.param(
            "<https://a.example/?x=1&amp;y=2|more>",
            '<a href="https://a.example/?x=1&amp;y=2" rel="noreferrer">more</a>',
            id="a link",
        ),
        pytest.param("<javascript:alert(1)|click>", "click", id="no link to a script"),
        pytest.param(
            '<https://a.example/"onclick=x|y>',
            '<a href="https://a.example/&#34;onclick=x" rel="noreferrer">y</a>',
            id="quotes",
        ),
        pytest.param(
            "*since <!date^1689656400^{time}|05:00 UTC>*",
            '<strong>since <time datetime="2023-07-18T05:00:00+00:00">05:00</time></strong>',
            id="a date inside bold",
        ),
        pytest.param(
            "<!date^1689656400^{date_short_pretty} at {time}|x>",
            '<time datetime="2023-07-18T05:00:00+00:00">18 Jul at 05:00</time>',
            id="a form of two parts",
        ),
        pytest.param("<!date^soon^{time}|05:00 &lt;UTC>", "05:00 &lt;UTC", id="a broken date falls back"),
        pytest.param("\ue0000\ue001", "0", id="no trick with placeholders"),
        pytest.param("🔴 x", '<span class="circle red" role="img" aria-label="red circle"></span> x', id="circles"),
    ],
)
def test_shown(text: str, html: str) -> None:
    """Escaped, with nothing that was not meant."""
    assert mrkdwn(text) == html


def test_plain_text_formats_nothing() -> None:
    """Only the three entities are read."""
    assert plain("*a* &lt;b&gt; <!here>") == "*a* &lt;b&gt; &lt;!here&gt;"
    assert decoded("&amp;lt;") == "&lt;"
