"""What was seen: observations and their sums, and every version of every advisory."""

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from bot.store.columns import Id, Span, Time, Words
from bot.store.tables.base import metadata

observations = Table(
    "observations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("at", Time, nullable=False),
    Column("kind", String, nullable=False),
    Column("route", String),
    Column("probe", String),
    Column("latency", Span),
    Column("rest", Text),  # the other fields as JSON
    Column("version", String),  # of an advisory, whose own JSON is in advisory_bodies
    Index(None, "tenant", "at"),
    Index(None, "at"),
)

route_minutes, route_quarters = (
    Table(
        name,
        metadata,
        Column("tenant", String, nullable=False),
        Column("route", String, nullable=False),
        Column("at", Time, nullable=False),
        Column("sent", Integer, nullable=False),
        Column("arrived", Integer, nullable=False),
        Column("refused", Integer, nullable=False),
        Column("bounced", Integer, nullable=False),
        Column("unreachable", Integer, nullable=False),
        Column("latency_sum", Span, nullable=False),
        Column("latency_median", Span),
        Column("latency_max", Span),
        PrimaryKeyConstraint("tenant", "route", "at"),
        Index(None, "at"),
        sqlite_with_rowid=False,
    )
    for name in ("route_minutes", "route_quarters")
)

current = Table(
    "current",
    metadata,
    Column("tenant", String, nullable=False),
    Column("route", String, nullable=False),
    Column("at", Time, nullable=False),
    Column("sent_at", Time),
    Column("arrived_at", Time),
    Column("latency", Span),
    Column("failed_at", Time),
    Column("failure", Words),
    PrimaryKeyConstraint("tenant", "route"),
    sqlite_with_rowid=False,
)

marks = Table(
    "marks",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", Time, nullable=False),
)

advisory_bodies = Table(
    "advisory_bodies",
    metadata,
    Column("version", String, primary_key=True),
    Column("body", Text, nullable=False),
)

advisories = Table(
    "advisories",
    metadata,
    Column("tenant", String, nullable=False),
    Column("source", String, nullable=False),
    Column("id", Words, nullable=False),
    Column("first_seen", Time, nullable=False),
    Column("last_seen", Time, nullable=False),
    Column("gone_at", Time),
    Column("version", String, nullable=False),
    PrimaryKeyConstraint("tenant", "source", "id"),
    Index(None, "tenant", "last_seen"),
)

advisory_versions = Table(
    "advisory_versions",
    metadata,
    Column("tenant", String, nullable=False),
    Column("source", String, nullable=False),
    Column("id", Words, nullable=False),
    Column("version", String, nullable=False),
    Column("first_seen", Time, nullable=False),
    PrimaryKeyConstraint("tenant", "source", "id", "version"),
)
