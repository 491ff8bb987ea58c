"""Circles."""

from markupsafe import Markup

from bot.demo.chat.signs import with_circles


def test_circles_are_drawn_and_named_and_the_rest_stays() -> None:
    """People who cannot see them hear their colour."""
    shown = with_circles(Markup("&lt;🟢&gt; 📬"))
    assert shown == '&lt;<span class="circle green" role="img" aria-label="green circle"></span>&gt; 📬'
