"""Sentences in Slack's mrkdwn: escaped, neutralised, then cut, with times in the reader's own zone."""

import re

from bot.types import Moment, Text
from handlers.clean import cut, spell, utc

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Look-alikes: a zero-width space beside a sign switches formatting on rather than off.
_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "'"}  # noqa: RUF001 - a look-alike is the point
_FORMATS = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])|`")
_ATOM = re.compile(r"<!date\^[^>]*>|&(?:amp|lt|gt);|.", re.DOTALL)


def entities(text: str) -> str:
    """Escape the three characters that Slack gives a meaning to, once: it shows entities decoded everywhere."""
    return text.translate(_ENTITIES)


def escape(text: str) -> str:
    """Make text that nobody vouches for show as it is: no mention, link, formatting or quote."""
    return entities(_FORMATS.sub(lambda sign: _LOOKALIKES[sign[0]], text))


def date_token(moment: Moment, *, begins: bool = False) -> str:
    """Write a moment so that Slack shows it in the reader's zone, and in UTC where it cannot.

    Slack says "today" and "yesterday", and begins the whole with a capital: "Today 3:00 PM" stands well where a line
    ``begins`` with it, and nowhere else. Within a sentence it is "3:00 PM today".
    """
    day = "{date_short_pretty} {time}" if begins else "{time} {date_short_pretty}"
    form = day if moment.with_date else "{time}"
    return f"<!date^{int(moment.at.timestamp())}^{form}|{utc(moment)}>"


def fit(escaped: str, limit: int) -> str:
    """Cut escaped text to ``limit`` characters, never inside an entity or a date."""
    return cut(escaped, limit, atom=_ATOM)


def mrkdwn(text: Text, limit: int) -> str:
    """Dress a sentence for a mrkdwn field of at most ``limit`` characters."""
    first = text[0] if text else None

    def moment(one: Moment) -> str:
        return date_token(one, begins=one is first)

    return fit(spell(text, escape=escape, moment=moment), limit)


def notice(text: Text, limit: int) -> str:
    """Dress a sentence for notifications and screen readers: escaped, with times in UTC."""
    return fit(spell(text, escape=escape, moment=utc), limit)


def plain(text: Text, limit: int) -> str:
    """Dress a sentence for a plain_text object, where nothing but entities is read and no date token works."""
    return fit(spell(text, escape=entities, moment=utc), limit)
