"""What ``/mailstatus`` understands, for every platform: words in, an answer out, from a snapshot in memory."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from typing import TypeAlias

from bot.types import Direction, Snapshot, Symptom, Text, Verb
from bot.types.aspects import CLOSED, lasting
from bot.words import accounts, answers, personal, replies
from bot.words.answers import Answer
from handlers.asked import Asked, advisory_meant, claim_of, incident_meant, unknown_number
from handlers.clean import clean
from handlers.lengths import length_of
from handlers.orders import Orders
from handlers.remembered import Remembered
from handlers.saving import Late
from handlers.subscriptions import Subscriptions
from handlers.vocabulary import DIRECTIONS, PRODUCTS, TOPICS, VERBS, Topic, nearest, words_of

TEXT_LIMIT = 1000
_LENGTH = re.compile(r"\d.*")
_DAY = timedelta(days=1)
_BOUNCES = frozenset({Symptom.SEND_FAILS, Symptom.BOUNCED})

_LEADS = (Topic.HELP, Topic.HISTORY, Topic.DETAILS)
"""What is answered as the command of that name is."""
_IN_PERSON = ("subscribe", "unsubscribe", "subscriptions")
_ADVISED = frozenset({Topic.BOUNCED, Topic.SLOW})

Change: TypeAlias = Callable[[Asked, str, Late | None], Awaitable[Answer]]
Read: TypeAlias = Callable[[Asked, str], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Answers people; ``name`` is how a person begins on this platform."""

    orders: Orders
    subscriptions: Subscriptions | None = None
    """None where nobody can be told in person."""
    name: str = "/mailstatus"
    language: str = "en"
    """Where the platform and the channel name none."""
    remembered: Remembered = field(default_factory=Remembered)

    async def answer(self, asked: Asked, *, late: Late | None = None) -> Answer:
        """Answer at once; where saving takes too long, ``late`` is given the outcome. No words are an error."""
        text = clean(asked.text)[:TEXT_LIMIT]
        shared, rest = _share(text)
        verb, _, more = rest.partition(" ")
        answer = await self._said(VERBS.get(verb.lower(), verb.lower()), replace(asked, text=rest), more.strip(), late)
        return replace(answer, everyone=True) if shared else answer

    async def press(self, action: str, asked: Asked, *, late: Late | None = None) -> Answer:
        """Answer a button: the verb of its action, about the incident that it stands under."""
        if action in _REPORTS:
            return await self.orders.tell(asked, "", late, works=_REPORTS[action])
        return await self._said(action, replace(asked, text=action), "", late)

    async def _said(self, verb: str, asked: Asked, rest: str, late: Late | None) -> Answer:
        """Do what changes something, if the person may; read the rest from memory."""
        if own := self._own().get(verb):
            return await own(asked, rest, late)
        if change := self._changes().get(verb):
            may = self.orders.may(asked.person.id)
            return await change(asked, rest, late) if may else self.orders.refuse(Verb(verb), asked, rest)
        return self.remembered.answer(self.orders.snapshot(), asked, lambda: self._read(verb, asked, rest))

    def _own(self) -> Mapping[str, Change]:
        """Give what everybody may do, because it is about themselves."""
        people = self.subscriptions
        if people is None:
            return {"report": self.orders.tell, **dict.fromkeys(_IN_PERSON, _impossible)}
        in_person = (people.subscribe, people.unsubscribe, people.show)
        return {"report": self.orders.tell, **dict(zip(_IN_PERSON, in_person, strict=True))}

    def _changes(self) -> Mapping[str, Change]:
        desk = self.orders
        return {"ack": desk.ack, "mute": desk.mute, "unmute": desk.unmute, "part": desk.part, "join": desk.join}

    def _reads(self) -> Mapping[str, Read]:
        return {
            "help": self._help,
            "history": self._history,
            "details": self._details,
            "explain": self._explain,
        }

    def _read(self, verb: str, asked: Asked, rest: str) -> Answer:
        """Answer a word of ours, else a person's own, else one of ours that was mistyped."""
        reads = self._reads()
        if verb in reads:
            return reads[verb](asked, rest)
        if self._understands(asked.text):
            return self._free(asked, rest)
        meant = nearest(verb, (*reads, *self._changes(), *self._own()))
        if meant in reads:
            return replace(reads[meant](asked, rest), note=replies.taken_for(meant, asked.language))
        note = replies.did_you_mean(meant, asked.language) if meant else _not_understood(asked)
        return replace(answers.now(self.orders.snapshot(), asked.language), note=note)

    def _understands(self, text: str) -> bool:
        words = words_of(text)
        return bool(advisory_meant(text)) or not words or any(map(_about, words))

    def _help(self, asked: Asked, _rest: str) -> Answer:
        return replies.guide(self.name, asked.language)

    def _history(self, asked: Asked, rest: str) -> Answer:
        found = _LENGTH.search(rest)
        length = length_of(found[0])[0] if found else accounts.HISTORY
        return accounts.history(self.orders.snapshot(), min(max(length, _DAY), accounts.HISTORY), asked.language)

    def _details(self, asked: Asked, rest: str) -> Answer:
        snapshot = self.orders.snapshot()
        if number := unknown_number(snapshot, rest):
            return replies.no_such(number, asked.language)
        incident = incident_meant(snapshot, asked, rest) or next(iter(snapshot.past), None)
        if incident is None:
            return answers.now(snapshot, asked.language)
        return accounts.details(snapshot, incident, asked.language)

    def _explain(self, asked: Asked, rest: str) -> Answer:
        snapshot = self.orders.snapshot()
        advisory = advisory_meant(rest)
        if not advisory:
            return replies.name_one("explain", snapshot.advisories, asked.language)
        claim, incident = claim_of(snapshot, advisory) or (None, None)
        if claim is None:
            return replies.no_such(advisory, asked.language)
        return accounts.explain(claim, incident, snapshot.at, asked.language)

    def _free(self, asked: Asked, _rest: str) -> Answer:
        """Answer a person's own words by what they are about."""
        if advisory_meant(asked.text):
            return self._explain(asked, asked.text)
        snapshot, words = self.orders.snapshot(), [_about(word) or word for word in words_of(asked.text)]
        product = next((PRODUCTS[word] for word in words if word in PRODUCTS), "")
        if product:
            return _about_product(product, snapshot, asked.language)
        ways = {DIRECTIONS[word] for word in words if word in DIRECTIONS}
        topics = {TOPICS[word] for word in words if word in TOPICS}
        leads_to = next((topic for topic in _LEADS if topic in topics), None)
        if leads_to is None or topics & _ADVISED:
            return _topical(topics, ways, snapshot, asked.language)
        return self._reads()[leads_to](asked, asked.text if leads_to is Topic.HISTORY else "")


@lru_cache(maxsize=256)  # a word is asked for several times over, and most people use the same few
def _about(word: str) -> str:
    """Give a word that we know, be it mistyped; empty for any other."""
    known = (*TOPICS, *DIRECTIONS, *PRODUCTS)
    return word if word in known else nearest(word, known)


def _not_understood(asked: Asked) -> Text:
    return replies.not_understood(asked.text[:80], asked.language)


async def _impossible(asked: Asked, _rest: str, _late: Late | None) -> Answer:
    return personal.impossible(asked.language)


_REPORTS: Mapping[str, bool] = {"works": True, "fails": False}


def _share(text: str) -> tuple[bool, str]:
    """Tell whether everyone is to see the answer, and what was asked."""
    words = text.split(" ")
    if words[0].lower() == "share":
        return True, " ".join(words[1:])
    if len(words) > 1 and words[-1].lower() == "share":
        return True, " ".join(words[:-1])
    return False, text


def _topical(topics: set[Topic], ways: set[Direction], snapshot: Snapshot, language: str) -> Answer:
    """Say how mail is, and begin with what to do where a topic asks for it."""
    tested = {one.direction for one in snapshot.directions}
    state = answers.now(snapshot, language, only=ways & tested)
    if ways - tested:
        state = replace(state, note=replies.not_tested(language))
    if Topic.BOUNCED in topics:
        lasts = any(one.symptom in _BOUNCES for incident in snapshot.open for one in lasting(incident))
        first = replies.bounced(language, lasts=lasts)
    elif Topic.SLOW in topics:
        first = replies.slow(language)
    else:
        return state
    return replace(first, parts=replies.beside(state), incident=state.incident)


def _about_product(product: str, snapshot: Snapshot, language: str) -> Answer:
    """Say what the vendor lists about something that is not mail."""
    claims = [
        claim
        for claim in snapshot.advisories
        if product.lower() in f"{claim.reading.service} {claim.reading.product} {claim.reading.title}".lower()
        and not claim.gone
        and claim.reading.state not in CLOSED
    ]
    return replies.other_product(product, claims, language)
