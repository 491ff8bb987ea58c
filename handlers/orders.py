"""What a person may change from chat, and what they may report."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.types import Claim, Clock, Incident, Order, Person, Reported, Snapshot, Verb
from bot.words import replies
from bot.words.answers import Answer
from handlers.asked import Asked, advisory_meant, claim_of, incident_meant, numbered, unknown_number
from handlers.door import Seen
from handlers.lengths import asks_length, length_of
from handlers.saving import Late, Saving

MUTE_USUAL = timedelta(hours=1)
MUTE_MOST = timedelta(days=7)
NOTE_LIMIT = 300
REPORT_PACE = timedelta(minutes=1)
REPORTERS_MOST = 1000
REFUSED_PACE = timedelta(hours=1)
"""So often at most it is noted that a person may not do what they ask for: a flood of it fills no store."""

Save: TypeAlias = Callable[[Order], Coroutine[None, None, None]]
SaveReport: TypeAlias = Callable[[Reported, Person], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Saves orders and reports; ``may`` tells by a person's id who may change incidents."""

    snapshot: Callable[[], Snapshot]
    order: Save
    report: SaveReport
    refused: Save
    """Notes an order of somebody who may not give it."""
    clock: Clock
    may: Callable[[str], bool]
    managers: Callable[[], Sequence[str]] = tuple
    """Names those who may, where that is not everybody."""
    saving: Saving = field(default_factory=Saving)
    reporters: dict[Person, datetime] = field(default_factory=dict)
    """When each person reported last."""
    noted: Seen = field(default_factory=lambda: Seen(REFUSED_PACE))
    """Of whom it was noted that they were refused."""

    def refuse(self, verb: Verb, asked: Asked, rest: str) -> Answer:
        """Refuse an order to a person who may not give it, and have that noted beside the answer."""
        if not self.noted.again(asked.person.destination, self.clock.now()):
            incident = incident_meant(self.snapshot(), asked, rest)
            self.saving.hold(self.refused(self._order(verb, incident.id if incident else "", asked)))
        return replies.not_allowed(asked.language, self.managers())

    async def ack(self, asked: Asked, rest: str, late: Late | None) -> Answer:
        """Say that a person is on it."""
        incident = self._open(asked, rest)
        if incident is None:
            return self._none(asked, rest)
        done = replies.acknowledged(asked.name, incident, asked.language)
        return await self._save(self._order(Verb.ACK, incident.id, asked), done, late)

    async def mute(self, asked: Asked, rest: str, late: Late | None) -> Answer:
        """Keep an incident quiet for a while: ``mute 1h why``."""
        number, wanted = numbered(self.snapshot(), rest)
        incident = self._open(asked, number)
        if incident is None:
            return replies.nothing_open(asked.language)
        length, note = length_of(wanted) if asks_length(wanted) else (MUTE_USUAL, wanted)
        if not timedelta() < length <= MUTE_MOST:
            return replies.bad_length(wanted.split(" ", 1)[0], MUTE_MOST, asked.language)
        until = self.clock.now() + length
        order = replace(self._order(Verb.MUTE, incident.id, asked), until=until, note=note[:NOTE_LIMIT])
        return await self._save(order, replies.muted(incident, until, asked.language), late)

    async def unmute(self, asked: Asked, rest: str, late: Late | None) -> Answer:
        """Let an incident ring again."""
        incident = self._open(asked, rest)
        if incident is None:
            return self._none(asked, rest)
        done = replies.unmuted(incident, asked.language)
        return await self._save(self._order(Verb.UNMUTE, incident.id, asked), done, late)

    async def part(self, asked: Asked, rest: str, late: Late | None) -> Answer:
        """Take an advisory out of the incident that it is in; the only one there may go unnamed."""
        snapshot = self.snapshot()
        incident = incident_meant(snapshot, asked, rest)
        claims = incident.claims if incident else ()
        advisory = advisory_meant(rest) or (claims[0].reading.id if len(claims) == 1 else "")
        if not advisory:
            return replies.name_one("part", claims, asked.language)
        claim, home = claim_of(snapshot, advisory) or (None, None)
        if claim is None or home is None:
            return replies.no_such(advisory, asked.language)
        order = replace(self._order(Verb.PART, home.id, asked), advisory=claim.reading.id)
        return await self._save(order, replies.parted(claim.reading.id, asked.language), late)

    async def join(self, asked: Asked, rest: str, late: Late | None) -> Answer:
        """Put an advisory into an incident; the only one that looks alike may go unnamed."""
        snapshot = self.snapshot()
        incident = incident_meant(snapshot, asked, rest)
        if incident is None:
            return replies.nothing_open(asked.language)
        advisory = advisory_meant(rest) or (incident.related[0] if len(incident.related) == 1 else "")
        if not advisory:
            return replies.name_one("join", _loose(snapshot, incident), asked.language)
        claim, _ = claim_of(snapshot, advisory) or (None, None)
        if claim is None:
            return replies.no_such(advisory, asked.language)
        order = replace(self._order(Verb.JOIN, incident.id, asked), advisory=claim.reading.id)
        return await self._save(order, replies.joined(claim.reading.id, incident, asked.language), late)

    async def tell(self, asked: Asked, rest: str, late: Late | None, *, works: bool | None = None) -> Answer:
        """Take a person's report, one a minute."""
        if not rest and works is None:
            return replies.report_what(asked.language)
        now = self.clock.now()
        last = self.reporters.get(asked.person)
        if last is not None and timedelta() <= now - last < REPORT_PACE:
            return replies.heard(asked.language)
        self._remember(asked.person, now)
        who, tenant = asked.name, self.snapshot().tenant
        seen = Reported(at=now, person=who, text=rest, works=works, request=asked.request, tenant=tenant)
        thanks = replies.reported(asked.language, works=works)
        return await self.saving.save(_then(self.report(seen, asked.person), thanks), asked.language, late)

    def _remember(self, person: Person, now: datetime) -> None:
        """Keep when a person reported; the oldest is forgotten where there are many."""
        self.reporters.pop(person, None)
        self.reporters[person] = now
        if len(self.reporters) > REPORTERS_MOST:
            del self.reporters[next(iter(self.reporters))]

    def _open(self, asked: Asked, rest: str) -> Incident | None:
        if unknown_number(self.snapshot(), rest):
            return None
        incident = incident_meant(self.snapshot(), asked, rest)
        return None if incident is None or incident.resolved else incident

    def _none(self, asked: Asked, rest: str) -> Answer:
        """Say that nothing is open, or that nothing bears the number that was typed."""
        number = unknown_number(self.snapshot(), rest)
        return replies.no_such(number, asked.language) if number else replies.nothing_open(asked.language)

    def _order(self, verb: Verb, incident: str, asked: Asked) -> Order:
        return Order(
            at=self.clock.now(),
            person=asked.name,
            by=asked.person,
            verb=verb,
            incident=incident,
            request=asked.request,
            tenant=self.snapshot().tenant,
        )

    async def _save(self, order: Order, done: Answer, late: Late | None) -> Answer:
        return await self.saving.save(_then(self.order(order), done), done.language, late)


async def _then(saved: Coroutine[None, None, None], done: Answer) -> Answer:
    await saved
    return done


def _loose(snapshot: Snapshot, incident: Incident) -> list[Claim]:
    """Give the advisories that could be joined: about mail, and not in the incident."""
    inside = {claim.reading.id for claim in incident.claims}
    return [one for one in snapshot.advisories if one.reading.is_mail and one.reading.id not in inside]
