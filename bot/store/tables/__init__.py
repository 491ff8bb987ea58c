"""Every table, by what it is about; the migrations lead to exactly these."""

from bot.store.tables.base import metadata
from bot.store.tables.known import changes, counters, incident_evidence, incidents, machines, pushes
from bot.store.tables.seen import (
    advisories,
    advisory_bodies,
    advisory_versions,
    current,
    marks,
    observations,
    route_minutes,
    route_quarters,
)
from bot.store.tables.told import acted, audit, conversations, deliveries, gaps, landings, subscriptions
from bot.store.tables.work import borne, budgets, jobs, leases, schedules

__all__ = [
    "acted",
    "advisories",
    "advisory_bodies",
    "advisory_versions",
    "audit",
    "borne",
    "budgets",
    "changes",
    "conversations",
    "counters",
    "current",
    "deliveries",
    "gaps",
    "incident_evidence",
    "incidents",
    "jobs",
    "landings",
    "leases",
    "machines",
    "marks",
    "metadata",
    "observations",
    "pushes",
    "route_minutes",
    "route_quarters",
    "schedules",
    "subscriptions",
]
