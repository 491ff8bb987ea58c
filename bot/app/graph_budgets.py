"""One budget of requests for each app in a tenant, whichever process watches that tenant now."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.microsoft import Budget
from bot.store import Store, StoreError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GraphBudgets:
    """Budgets that are kept in the store, so that no handover and no restart doubles them."""

    store: Store

    def of(self, app: str) -> Budget:
        """Give an app's budget."""

        async def take(length: timedelta) -> timedelta:
            try:
                async with self.store.begin() as tx:
                    return await tx.budgets.take(f"health {app}", length)
            except StoreError as error:
                log.warning("budget_not_shared", why=str(error))
                return length  # looking goes on: for as long as the store is away, each process counts for itself

        return Budget(take)
