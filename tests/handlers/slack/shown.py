"""Everything that Slack is ever shown, from real stories, from every answer, and from words that nobody vouches for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.types import Change, Kind, Message, Moment, Severity, Subscription, Text
from bot.words import LANGUAGES, tell
from handlers.asked import Asked
from handlers.slack import answer, home, render
from handlers.slack.controls import controls
from handlers.subscriptions import NIGHT
from tests.handlers.examples import NOW, claim, finding, healthy, incident, message, snapshot
from tests.handlers.people import ANA
from tests.handlers.test_commands import Desk
from tests.handlers.test_golden import evening
from tests.stories.evening import events
from tests.stories.test_stories import STORIES

Blocks: TypeAlias = Sequence[Mapping[str, Any]]

NASTY = (
    "<!channel> <!here> <@U0123> <#C0123> <!subteam^S0123>",
    "<https://evil.example|your bank> [a](https://b.example)",
    "&lt;!channel&gt; &amp;lt; & < >",
    "*bold* _it_ ~no~ `code` ```block```",
    "> quoted\n• listed\n\n\n# heading",
    "\u202egnp.exe\u202c \u2066x\u2069 \ufeff\u200b\u200d\u2060",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪" * 60,
    "e\u0301\u0300\u0302" * 500,
    "503 5.5.1 Bad sequence of commands [AM0EUR02FT001.eop-EUR02.prod.protection.outlook.com 2026-03-02T08:00:00.000Z]",
    "550 5.7.705 <postmaster@fabrikam.example>: tenant has exceeded threshold; see https://example.com/?a=1&b=<2>|3",
    "x" * 50_000,
    "<" * 5_000,
    "&" * 5_000,
    "\x00\x07\x1b[31m\r\n\t\x7f\x85",
    "Ã¤Ã¶Ã¼ \ufffd",
    "{date} {0} %s {{",
    "<!date^1^{time}|now>",
)
"""What advisories and mail servers could say: markup, mentions, entities, controls, bidi, mojibake, and far too much."""
QUESTIONS = (
    "",
    "help",
    "history",
    "details",
    "explain EX649175",
    "slow",
    "bounced",
    "outbound",
    "teams?",
    "part",
    "x" * 4000,
)


def words() -> st.SearchStrategy[Text]:
    """Make sentences of anything."""
    moment = st.builds(Moment, at=st.just(NOW), with_date=st.booleans())
    part = st.sampled_from(NASTY) | st.text(max_size=4000) | moment
    return st.lists(part, max_size=4).map(tuple)


def messages() -> st.SearchStrategy[Message]:
    """Make messages of anything."""
    return st.builds(
        message,
        headline=words(),
        advice=words(),
        facts=st.lists(words(), max_size=20).map(tuple),
        vendor=words(),
        basis=words(),
        severity=st.sampled_from(Severity),
        incident=st.sampled_from([None, "17"]),
        language=st.sampled_from([*LANGUAGES, "xx"]),
    )


def made(number: int) -> Iterator[Blocks]:
    """Give that many messages of anything, the same each time."""
    found: list[Blocks] = []

    @settings(max_examples=number, phases=[Phase.generate], derandomize=True, database=None)
    @given(messages(), st.sampled_from(Kind))
    def gather(said: Message, kind: Kind) -> None:
        found.append(render.blocks(said, kind, mention=["S0123"], note=said.vendor))

    gather()
    return iter(found)


def told() -> Iterator[Blocks]:
    """Give every message of every story in English, and of one in every language, as head and as reply."""
    for said in (*stories("en"), *(tell(change, language=one) for change in changes("july_2023") for one in LANGUAGES)):
        yield from (render.blocks(said, kind, mention=["S0123"]) for kind in (Kind.HEAD, Kind.REPLY))
    yield from (render.blocks(said, kind) for kind, said in evening())


def stories(language: str) -> Iterator[Message]:
    """Tell every story."""
    for story in STORIES:
        yield from (tell(change, language=language) for change in events(story))


async def answered() -> list[Blocks]:
    """Give the answer to every kind of question, on good days and on bad ones, and the home tab."""
    long = claim(title=NASTY[0] * 20, codes=(NASTY[8],))
    nasty = incident(claims=(long,), findings=(finding(evidence=replace(finding().evidence, reply=NASTY[9])),))
    found: list[Blocks] = []
    for shows in (snapshot(), healthy(), snapshot(open=(nasty,))):
        for language in LANGUAGES:
            desk = Desk(shows)
            for text in QUESTIONS:
                asked = Asked(text=text, person=ANA, name="ana", language=language)
                found.append(answer.blocks(await desk.commands.answer(asked)))
            for own in (None, Subscription(person=ANA, created=NOW, quiet=NIGHT)):
                view = home.view(shows, language, controls(own, language, zone="Asia/Kathmandu"))["blocks"]
                assert isinstance(view, list)
                found.append(view)
    return found


def changes(story: str) -> list[Change]:
    """Give what rang in one story."""
    (found,) = (one for one in STORIES if one.__name__ == story)
    return [change for change in events(found) if change.rings]
