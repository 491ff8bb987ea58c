"""The detector: observations in, findings out; pure, and the same for the live bot, backtest and replay."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.detect.blindness import Blindness
from bot.detect.family import OF_TROUBLE, Trouble
from bot.detect.installation import Installation
from bot.detect.intake import Intake
from bot.detect.reports import direction_now, finding, tally
from bot.detect.ringing import Ringing
from bot.detect.state import dump, load
from bot.detect.suspicion import Suspicion
from bot.detect.times import Times
from bot.detect.trouble import Open
from bot.types import Direction, DirectionNow, Finding, ProbeObservation, Route, Sent, SightObservation, Symptom, Tally

TEN_MINUTES = timedelta(minutes=10)
SYMPTOMS = {Trouble.SENDING: Symptom.SEND_FAILS, Trouble.BOUNCING: Symptom.BOUNCED, Trouble.TIMING: Symptom.DELAYED}
REFRESH = 0.02
"""A finding's facts are gathered anew after this share of the time that it has lasted."""


class Detector:
    """Tells from the fates of test messages on any routes what is wrong with the mail, and whether we can see."""

    def __init__(
        self, routes: Sequence[Route], *, false_alarms_a_year: float = 4.0, state: bytes | None = None
    ) -> None:
        """Begin with what an earlier detector dumped, or with nothing; a dump that cannot be read counts as none."""
        self._known = Installation(routes, false_alarms_a_year)
        self._ringing = Ringing(self._known)
        self._intake = Intake(self._known, self._ringing)
        self._blindness = Blindness(self._known)
        self._suspicion = Suspicion()
        self._times = Times(shortest=self._known.shortest)
        self._together: list[ProbeObservation | SightObservation] = []
        self._said: dict[str, tuple[float, Finding | None]] = {}
        if state is not None:
            load(state, self._known, self._ringing, self._intake, self._times)

    def observe(self, observation: ProbeObservation | SightObservation) -> None:
        """Take in what happened to a test message, or whether a mailbox can be read.

        Those of one moment count together, in whatever order they come.
        """
        if self._together and observation.at != self._together[0].at:
            self._take_together()
        self._together.append(observation)

    def tick(self, now: datetime) -> tuple[Finding, ...]:
        """Give the findings that are open, and once those that ended since the last tick."""
        self._take_together()
        at = now.timestamp()
        self._pass_time(at, observed=False)
        self._miss_far(at)
        self._ringing.check(at)
        over = self._ringing.end_those_over(at)
        said = [self._finding(trouble, at) for trouble in [*over, *self._ringing.open.values()]]
        said.extend(self._blindness.tell(at, self._times.silent_since(at)))
        return tuple(said)

    def suspects(self, now: datetime) -> tuple[str, ...]:
        """Name the routes that want a confirming probe now."""
        self._take_together()
        blind = self._blindness.blind_tracks()
        tracks = [track for track in self._known.tracks if track.index not in blind]
        wanted = self._suspicion.routes(now.timestamp(), tracks, self._known.evidence, self._ringing)
        return tuple(track.route.name for track in wanted)

    def suspicion(self) -> dict[Symptom, float]:
        """Give the strongest evidence of each class of faults, as a share of what it takes to ring."""
        self._take_together()
        evidence = self._known.evidence
        return {
            symptom: float(evidence.sums[:, OF_TROUBLE[kind]].max()) / evidence.ring_at[kind]
            for kind, symptom in SYMPTOMS.items()
        }

    def tally(
        self, now: datetime, *, directions: Collection[Direction] | None = None, window: timedelta = TEN_MINUTES
    ) -> Tally:
        """Count the test messages of the last while in some directions, or in all."""
        self._take_together()
        return tally(self._known.tracks, (now - window).timestamp(), directions)

    def now(self, now: datetime) -> tuple[DirectionNow, ...]:
        """Say how mail is in each direction that has routes."""
        self._take_together()
        since, blind = (now - TEN_MINUTES).timestamp(), self._blindness.blind_tracks()
        mail = [track for track in self._known.tracks if track.mail]
        return tuple(
            direction_now(
                direction,
                [track for track in mail if track.route.direction is direction],
                self._ringing.open.values(),
                blind=blind,
                since=since,
            )
            for direction in self._known.evidence.directions
        )

    def let_go(self) -> None:
        """Forget messages under way, evidence and open troubles, for nobody watches now; what is usual stays known."""
        self._take_together()
        self._known.void(self._known.tracks)
        self._known.evidence.sums[:] = 0.0
        self._known.evidence.hot.clear()
        self._ringing.open.clear()
        self._said.clear()

    def dump(self) -> bytes:
        """Give all that is known, for a detector that goes on later."""
        self._take_together()
        return dump(self._known, self._ringing, self._times)

    def _take_together(self) -> None:
        together, self._together = self._together, []
        if len(together) > 1:
            together.sort(key=_order)
        for observation in together:
            if isinstance(observation, SightObservation):
                self._intake.see(observation)
                continue
            at = observation.at.timestamp()
            self._hear(observation, at)
            self._intake.take(observation, at, self._times.newest)
        self._intake.settle()

    def _hear(self, observation: ProbeObservation, at: float) -> None:
        """Go on to an observation; one from afar may be late, and says nothing about our own clock."""
        track = self._known.by_name.get(observation.route)
        if track is not None and track.route.far:
            self._known.contacts[track.route.vantage].hear(at)
        else:
            self._pass_time(at, observed=True)

    def _miss_far(self, now: float) -> None:
        """Let go of what is under way from places that fell silent, and look at the rest."""
        for name, contact in self._known.contacts.items():
            if contact.falls_silent(now):
                self._known.void(self._known.at(name))
        self._intake.look_far(now)

    def _pass_time(self, at: float, *, observed: bool) -> None:
        before = self._times.newest
        step = self._times.step(at, observed=observed)
        if step.void:
            self._known.void(self._known.tracks if step.jumped else self._known.near)
        if step.jumped:
            self._blindness.jumped(before, at, at + 2 * self._known.shortest)
            self._start_over(at)
        self._intake.look(self._times.evidence_until(at))

    def _start_over(self, at: float) -> None:
        """Let nothing wait for a moment of the clock that was wrong."""
        for track in self._known.tracks:
            track.centre_until = 0.0
        for trouble in self._ringing.open.values():
            trouble.since, trouble.last_bad = min(trouble.since, at), min(trouble.last_bad, at)
        for contact in self._known.contacts.values():
            contact.heard = min(contact.heard, at)

    def _finding(self, trouble: Open, now: float) -> Finding:
        """Say a trouble as a finding; one that has lasted is looked through for its facts less often."""
        made, said = self._said.get(trouble.id, (0.0, None))
        is_same = said is not None and (said.symptom, said.direction) == (trouble.symptom, trouble.direction)
        if said is not None and is_same and trouble.ended is None and now - made < (now - trouble.found) * REFRESH:
            return said
        ring_at = self._known.evidence.ring_at[trouble.kind]
        said = finding(trouble, ring_at=ring_at, now=now, tenant=self._known.tenant)
        self._said[trouble.id] = (now, said)
        if trouble.ended is not None:
            del self._said[trouble.id]
        return said


def _order(seen: ProbeObservation | SightObservation) -> tuple[int, str, str, str]:
    """Order observations of one moment: what was sent first, then by kind and name, and our own sight last."""
    if isinstance(seen, SightObservation):
        return 2, type(seen).__name__, seen.source, ""
    return int(not isinstance(seen, Sent)), type(seen).__name__, seen.route, seen.probe
