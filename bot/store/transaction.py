"""One transaction: every method that touches the tables, by noun."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.advisories import Advisories
from bot.store.audit import Audit
from bot.store.budgets import Budgets
from bot.store.conversations import Conversations
from bot.store.deliveries import Deliveries
from bot.store.engine_jobs import EngineTable
from bot.store.everybody import Everybody
from bot.store.gaps import Gaps
from bot.store.incidents import Incidents
from bot.store.jobs import JobTable
from bot.store.machines import Machines
from bot.store.observations import Observations
from bot.store.outbox import Outbox
from bot.store.pushes import Pushes
from bot.store.requests import Requests
from bot.store.rollups import Rollups
from bot.store.subscriptions import Subscriptions


@dataclass(slots=True)
class Transaction:
    """What is done through it is all saved or not at all."""

    connection: AsyncConnection
    """For an engine that must write in the same transaction; everybody else uses the nouns."""
    observations: Observations = field(init=False)
    rollups: Rollups = field(init=False)
    advisories: Advisories = field(init=False)
    incidents: Incidents = field(init=False)
    machines: Machines = field(init=False)
    conversations: Conversations = field(init=False)
    deliveries: Deliveries = field(init=False)
    gaps: Gaps = field(init=False)
    outbox: Outbox = field(init=False)
    subscriptions: Subscriptions = field(init=False)
    pushes: Pushes = field(init=False)
    requests: Requests = field(init=False)
    audit: Audit = field(init=False)
    everybody: Everybody = field(init=False)
    budgets: Budgets = field(init=False)
    jobs: JobTable = field(init=False)
    engine: EngineTable = field(init=False)
    _afterwards: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Give every noun the connection."""
        self.observations = Observations(self.connection)
        self.rollups = Rollups(self.connection)
        self.advisories = Advisories(self.connection)
        self.incidents = Incidents(self.connection)
        self.machines = Machines(self.connection)
        self.conversations = Conversations(self.connection)
        self.deliveries = Deliveries(self.connection)
        self.gaps = Gaps(self.connection)
        self.outbox = Outbox(self.connection)
        self.subscriptions = Subscriptions(self.connection)
        self.pushes = Pushes(self.connection)
        self.requests = Requests(self.connection)
        self.audit = Audit(self.connection)
        self.everybody = Everybody(self.connection)
        self.budgets = Budgets(self.connection)
        self.jobs = JobTable(self.connection)
        self.engine = EngineTable(self.connection)

    def afterwards(self, call: Callable[[], None]) -> None:
        """Have something short called once this is committed, and not at all if it is rolled back."""
        self._afterwards.append(call)

    def committed(self) -> None:
        """Make the calls that were asked for; the store does this after the commit."""
        for call in self._afterwards:
            call()
