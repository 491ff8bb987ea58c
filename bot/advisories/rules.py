"""What a rule is, and what rules look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.advisories.clean import line
from bot.advisories.posts import Parts
from bot.advisories.vocabulary import MOST_CHARACTERS, canonical, compiled, sentences

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Rule(Generic[V]):
    """Where ``pattern`` is found and ``unless`` is not, the answer is ``value``; ``why`` is for a mail admin."""

    value: V
    pattern: str
    why: str
    unless: str = ""

    def holds(self, text: str) -> bool:
        """Tell whether the rule speaks for a text."""
        if compiled(self.pattern).search(text) is None:
            return False
        return not self.unless or compiled(self.unless).search(text) is None


def first(rules: Iterable[Rule[V]], text: str) -> Rule[V] | None:
    """Give the first rule that holds, if any does."""
    return next((rule for rule in rules if rule.holds(text)), None)


def every(rules: Iterable[Rule[V]], text: str) -> tuple[V, ...]:
    """Give the answers of all rules that hold, each once, in the order of the table."""
    return tuple(dict.fromkeys(rule.value for rule in rules if rule.holds(text)))


BROAD = Rule(
    0,
    r"\baccess[^.]{0,60}\b(?:or|and|and/or)\b[^.]{0,20}\b(?:send|receive)\b",
    "access, sending and receiving in one breath say less than the explanation below",
)

# A sentence that says what still works would otherwise count as a symptom: "Internal messages aren't delayed."
_UNHARMED = (
    r"\bnot (?:be )?(?:also )?(?:impacted|affected|late|lost|changed|involved|interrupted|touched|hit)\b"
    r"|\bno (?:mail|data|items?)[^.]{0,20}\b(?:lost|affected|impacted)"
    r"|\b(?:continues?|able) to (?:work|send|receive|be delivered|use|access|find|deliver|read)"
    r"|(?<!not )\b(?:works?|succeeds?)(?: normally| as \w+| fine)?\.?$|\bis right\b|\bare delivered\.?$"
    r"|\b(?:users|they|people|recipients) can\b|\bcan be (?:found|read|opened|accessed)\b|\bhave been delivered\b"
    r"|\bstable\b|\bnot part of\b|\bnot in scope\b|\bcovered by\b|\bstays? here\b"
    r"|\b(?:function|work|operate)s? (?:normally|as (?:usual|expected))|\bunaffected\b|\bunimpacted\b"
    r"|\bother functions\b|\b(?:keeps?|still|remains?|stays?) (?:work(?:s|ing)?|connected|available|usable|accessible"
    r"|reachable|deliver(?:ed|ing)|fine)\b"
)

_HARMED = r"\bndr\b|\bcannot\b|\b[45]\d\d [45]\.\d"


@dataclass(frozen=True, slots=True)
class Facts:
    """An advisory as rules see it: each text in canonical words, the newest real post first among posts."""

    title: str
    impact: str
    more: str
    """What the newest post that explains says is wrong; sentences about what works are left out."""
    relief: str
    """The sentences that were left out."""
    status: str
    """What is being done, from the newest real post."""
    scope: str
    printed: str
    """The impact as printed."""
    headline: str
    """Title and impact in lower case as printed."""
    raw: str
    """Title, impact and newest explanation in lower case as printed."""
    service: str
    prefix: str
    newest: Parts | None
    first_only: bool
    """No post followed the first one."""

    @property
    def what(self) -> str:
        """What the vendor says in a line or two."""
        return f"{self.title}. {self.impact}"

    @property
    def layers(self) -> tuple[str, ...]:
        """Where to look for what is wrong: the shortest and most careful words first."""
        return (self.title, self.impact, self.more, self.scope, self.status)


def facts(cut: Sequence[Parts], *, title: str, impact: str, service: str, ident: str) -> Facts:
    """Bring an advisory, its posts cut at their labels, down to what rules look at."""
    newest = cut[-1] if cut else None
    explained = next((part for part in reversed(cut) if part.more or part.loose), newest)
    more = f"{explained.loose}\n{explained.more}" if explained else ""
    latest = "\n".join(dict.fromkeys((impact, newest.impact))) if newest else impact
    chat = "teams" in f"{service} {title}".lower()
    told = [canonical(sentence, chat=chat) for sentence in sentences(more[:MOST_CHARACTERS])]
    harmed = [sentence for sentence in told if not _is_harmless(sentence)]
    return Facts(
        title=canonical(title or (newest.title if newest else ""), chat=chat),
        impact=canonical(latest, chat=chat),
        more=" ".join(harmed),
        relief=" ".join(sentence for sentence in told if _is_harmless(sentence)),
        status=canonical(_status(newest), chat=chat),
        scope=canonical(newest.scope if newest else "", chat=chat),
        printed=line(latest),
        headline=line(f"{title}. {latest}").lower(),
        raw=line(f"{title}\n{latest}\n{more}").lower(),
        service=service.lower(),
        prefix=ident.rstrip("0123456789").upper(),
        newest=newest,
        first_only=len(cut) <= 1,
    )


def _is_harmless(sentence: str) -> bool:
    return compiled(_UNHARMED).search(sentence) is not None and compiled(_HARMED).search(sentence) is None


def _status(newest: Parts | None) -> str:
    if newest is None:
        return ""
    return newest.final or newest.status or newest.loose
