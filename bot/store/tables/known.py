"""What is made of it: incidents, changes, and what each machine knows."""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, PrimaryKeyConstraint, String, Table, Text

from bot.store.columns import Id, Span, Time, Words
from bot.store.tables.base import metadata

counters = Table(
    "counters",
    metadata,
    Column("tenant", String, nullable=False),
    Column("name", String, nullable=False),
    Column("value", Id, nullable=False),
    PrimaryKeyConstraint("tenant", "name"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("tenant", String, nullable=False),
    Column("id", String, nullable=False),
    Column("opened", Time, nullable=False),
    Column("resolved", Time),
    Column("saved_at", Time, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
    Index(None, "tenant", "resolved"),
)

incident_evidence = Table(
    "incident_evidence",
    metadata,
    Column("tenant", String, nullable=False),
    Column("incident", String, nullable=False),
    Column("finding", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("saved_at", Time, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "incident", "finding", "hash"),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("at", Time, nullable=False),
    Column("incident", String),
    Column("reason", String, nullable=False),
    Column("rings", Boolean, nullable=False),
    Column("why", Words, nullable=False),
    Column("about", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "tenant", "at"),
    Index(None, "tenant", "incident"),
)

machines = Table(
    "machines",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("saved_at", Time, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="0"),  # grows with each step
    Column("moved", BigInteger, nullable=False, server_default="0"),  # when it did last, by the database's clock
    Index(None, "moved"),
)

pushes = Table(
    "pushes",
    metadata,
    Column("tenant", String, nullable=False),
    Column("vantage", String, nullable=False),
    Column("spool", String, nullable=False),
    Column("last", Id, nullable=False),  # the number of the newest line that was taken
    Column("signed", Time, nullable=False),
    Column("heard", Time, nullable=False),
    Column("offset", Span, nullable=False),
    PrimaryKeyConstraint("tenant", "vantage", "spool"),
)
