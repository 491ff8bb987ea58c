"""Jobs and schedules of a store on SQLite, and which worker watches what."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from bot.store.columns import Id, Time, Words
from bot.store.tables.base import ONLY, metadata

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("task", String, nullable=False),
    Column("args", Text, nullable=False),
    Column("key", String),
    Column("dedupe", String),
    Column("state", String, nullable=False),
    Column("saved_at", Time, nullable=False),
    Column("run_at", Time),  # NULL is at once: two machines' clocks need not agree on when that is
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("beat", Integer, nullable=False, server_default="0"),  # grows while the job runs: no clock is compared
    Column("error", Words),
    Index(None, "state", "run_at"),
    Index(None, "key", "id"),
    Index(
        "uq_jobs_dedupe",
        "dedupe",
        unique=True,
        info={ONLY: "state = 'waiting' AND attempts = 0"},
    ),
    Index(
        "uq_jobs_running_key",
        "key",
        unique=True,
        info={ONLY: "state = 'running'"},
    ),
    sqlite_autoincrement=True,  # an id given is never given again, so that a late ending cannot hit another job
)

schedules = Table(
    "schedules",
    metadata,
    Column("name", String, primary_key=True),
    Column("next_at", Time, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("until", Time, nullable=False),  # by the database's clock
    Index(None, "owner"),
)

budgets = Table(
    "budgets",
    metadata,
    Column("name", String, primary_key=True),
    Column("paid", Time, nullable=False),  # until when it is used up, by the database's clock
)

borne = Table(
    "borne",
    metadata,
    Column("oldest", String, primary_key=True),  # the oldest program that can go on beside these tables: one row
)
