"""Looks into one mailbox for test messages that arrived and for reports of those that did not."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Collection, Sequence
from datetime import datetime, timedelta

import structlog

from bot.mail import Inbox, Letter, MailError, Probe, Seal
from bot.mail.bounces import Action, Report, may_be_report, read_report
from bot.mail.hops import latency, stamps, way
from bot.mail.letters import probe_of
from bot.types import DEFAULT_TENANT, Arrived, Bounced, Clock, Duplicated, Observation
from bot.watch.sight import Sight

log = structlog.get_logger(__name__)

MOST_REMEMBERED = 10_000
POLL = timedelta(seconds=15)
REPORT = ""
"""By what a probe was told of whose report came: no letter has an empty key."""


class MailboxWatch:
    """Tells what came to one mailbox; what it told it remembers, so that a second copy is told as such."""

    def __init__(
        self,
        name: str,
        inbox: Inbox,
        *,
        seal: Seal,
        clock: Clock,
        arriving: Collection[str],
        tenant: str = DEFAULT_TENANT,
    ) -> None:
        """Take a mailbox by its name and how to look into it; ``arriving`` are the routes that end here."""
        self._name = name
        self._inbox = inbox
        self._seal = seal
        self._clock = clock
        self._arriving = frozenset(arriving)
        self._tenant = tenant
        self._sight = Sight(f"mailbox:{name}", tenant=tenant, routes=arriving)
        self._told: OrderedDict[str, str] = OrderedDict()

    @property
    def name(self) -> str:
        """The mailbox, as a source."""
        return self._sight.source

    @property
    def readable(self) -> bool:
        """Whether the last look succeeded."""
        return not self._sight.blind

    def remember(self, blind: Collection[str]) -> None:
        """Take in which sources could not be seen before a restart."""
        self._sight.remember(blind)

    async def look(self, now: datetime) -> Sequence[Observation]:
        """Look once; what was measured is deleted."""
        try:
            letters = await self._inbox.letters()
        except MailError as error:
            return self._sight.lost(now, str(error))
        found = self._sight.found(self._clock.now())
        for letter in letters:
            found += await self._read(letter)
        return found

    async def follow(self, *, poll: timedelta = POLL) -> AsyncGenerator[Sequence[Observation], None]:
        """Look for ever: when the server tells of new mail, and after ``poll`` where none tells or a look failed."""
        while True:
            yield await self.look(self._clock.now())
            try:
                told = self.readable and await self._inbox.wait()
            except MailError as error:
                log.info("wait_failed", mailbox=self._name, why=str(error))
                told = False
            if not told:
                await self._clock.sleep(poll)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._inbox.close()

    async def _read(self, letter: Letter) -> list[Observation]:
        probe = probe_of(letter.headers, self._seal)
        if probe is not None:
            await self._delete(letter)
            return self._came(probe, letter)
        if not may_be_report(letter.headers):
            return []
        return await self._read_report(letter)

    async def _read_report(self, letter: Letter) -> list[Observation]:
        try:
            report = read_report(await self._inbox.whole(letter))
        except MailError as error:
            log.warning("report_unread", mailbox=self._name, why=str(error))
            return []
        probe = self._seal.find(report.text) if report else None
        if report is None or probe is None:
            return []
        await self._delete(letter)
        if report.action is not Action.FAILED:
            log.info("probe_reported", route=probe.route, probe=probe.id, action=report.action, reply=report.reply)
            return []
        return self._bounced(probe, report, letter.told) if self._is_new(probe, REPORT) else []

    def _came(self, probe: Probe, letter: Letter) -> list[Observation]:
        if probe.route not in self._arriving:
            log.warning("probe_astray", route=probe.route, probe=probe.id, mailbox=self._name)
            return []
        if self._is_new(probe, letter.key):
            return [self._arrived(probe, letter)]
        if self._told[probe.id] in {REPORT, letter.key}:
            return []
        at, folder = letter.told, letter.folder
        return [Duplicated(at=at, tenant=self._tenant, route=probe.route, probe=probe.id, folder=folder)]

    def _arrived(self, probe: Probe, letter: Letter) -> Arrived:
        passed = way(probe.sent, letter.told, letter.headers)
        return Arrived(
            at=letter.told,
            tenant=self._tenant,
            route=probe.route,
            probe=probe.id,
            latency=latency(probe.sent, letter.told, letter.untold, stamps(letter)),
            folder=letter.folder,
            legs=passed.legs,
            skew_seconds=passed.skew.seconds if passed.skew else 0.0,
            skew_by=passed.skew.by if passed.skew else "",
        )

    def _bounced(self, probe: Probe, report: Report, seen: datetime) -> list[Observation]:
        return [
            Bounced(
                at=seen,
                tenant=self._tenant,
                route=probe.route,
                probe=probe.id,
                status=report.status,
                reply=report.reply,
            )
        ]

    def _is_new(self, probe: Probe, by: str) -> bool:
        """Remember by what a probe was told of first: its letter's key, or a report."""
        if probe.id in self._told:
            log.warning("probe_twice", route=probe.route, probe=probe.id, mailbox=self._name)
            return False
        self._told[probe.id] = by
        if len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)
        return True

    async def _delete(self, letter: Letter) -> None:
        try:
            await self._inbox.delete(letter)
        except MailError as error:
            log.warning("letter_left", mailbox=self._name, why=str(error))
