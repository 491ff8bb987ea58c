"""One budget of requests for each app in a tenant, whichever process watches that tenant now."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.microsoft import Budget
from bot.store import Store, StoreError
from bot.types import Clock

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Used:
    """How far an app's budget is used up, as far as this process knows."""

    until: datetime
    untold: timedelta = timedelta()
    """What was taken while the store was away."""

    def owed(self, now: datetime) -> timedelta:
        """Tell how much of what the store was not told of is not over yet."""
        return min(self.untold, max(self.until - now, timedelta()))

    def alone(self, now: datetime, length: timedelta) -> timedelta:
        """Use the budget up for longer without the store; tells how long from now that is."""
        self.untold += length
        self.until = max(self.until, now) + length
        return self.until - now

    def together(self, now: datetime, left: timedelta) -> timedelta:
        """Take over what the store says of all processes, which was told everything."""
        self.untold = timedelta()
        self.until = now + left
        return left


@dataclass(frozen=True, slots=True)
class GraphBudgets:
    """Budgets that are kept in the store, so that no handover and no restart doubles them.

    While the store is away, each process counts for itself, from what it knew of all of them on.
    """

    store: Store
    clock: Clock
    _used: dict[str, Used] = field(default_factory=dict)

    def of(self, app: str) -> Budget:
        """Give an app's budget."""

        async def take(length: timedelta) -> timedelta:
            now = self.clock.now()
            used = self._used.setdefault(app, Used(now))
            try:
                async with self.store.begin() as tx:
                    left = await tx.budgets.take(f"health {app}", used.owed(now) + length)
            except StoreError as error:
                log.warning("budget_not_shared", why=str(error))
                return used.alone(now, length)
            return used.together(now, left)

        return Budget(take)
