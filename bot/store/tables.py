"""Every table; the migrations lead to exactly these."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.columns import Id, Span, Time, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

advisory_posts = Table(
    "advisory_posts",
    metadata,
    Column("tenant", String, nullable=False),
    Column("source", String, nullable=False),
    Column("id", Words, nullable=False),
    Column("created", Words, nullable=False),  # as the vendor wrote it
    Column("hash", String, nullable=False),
    Column("first_seen", Time, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("tenant", "source", "id", "created", "hash"),
)

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

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("destination", String, nullable=False),
    Column("incident", String, nullable=False),  # "" for messages about no incident: they keep their order too
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("saved_at", Time, nullable=False),
    Column("due", Time, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("leased_until", Time),
    Column("unknown", Boolean, nullable=False, server_default=text("false")),
    Column("channel", Words),
    Column("landed", Words),
    Column("error", Words),
    Column("ended_at", Time),
    UniqueConstraint("tenant", "destination", "key"),
    Index(
        "ix_deliveries_open",
        "tenant",
        "destination",
        "incident",
        "id",
        sqlite_where=text("state IN ('waiting', 'claimed')"),
        postgresql_where=text("state IN ('waiting', 'claimed')"),
    ),
    Index(None, "ended_at"),
)

landings = Table(
    "landings",
    metadata,
    Column("tenant", String, nullable=False),
    Column("destination", String, nullable=False),
    Column("incident", String, nullable=False),
    Column("channel", Words, nullable=False),
    Column("landed", Words, nullable=False),
    Column("at", Time, nullable=False),
    PrimaryKeyConstraint("tenant", "destination", "incident"),
)

gaps = Table(
    "gaps",
    metadata,
    Column("tenant", String, nullable=False),
    Column("destination", String, nullable=False),
    Column("since", Time, nullable=False),
    Column("why", Words, nullable=False),
    Column("stand_ins", Text, nullable=False),  # one a line
    Column("shut", String, nullable=False),
    Column("probe", Time),
    PrimaryKeyConstraint("tenant", "destination"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("platform", String, nullable=False),
    Column("workspace", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("tenant", String, nullable=False),
    Column("created", Time, nullable=False),
    Column("language", String, nullable=False),
    Column("directions", String, nullable=False),  # with commas between; "" for all
    Column("quiet", Text),
    Column("address", Words, nullable=False),
    PrimaryKeyConstraint("platform", "workspace", "person"),
    Index(None, "tenant"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Words, primary_key=True),
    Column("service_url", Words, nullable=False),
    Column("azure_tenant", String, nullable=False),
    Column("team", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("at", Time, nullable=False),
)

acted = Table(
    "acted",
    metadata,
    Column("id", Words, primary_key=True),
    Column("at", Time, nullable=False),
    Index(None, "at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("at", Time, nullable=False),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("about", Text, nullable=False),
    Index(None, "tenant", "at"),
)

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
        sqlite_where=text("state = 'waiting' AND attempts = 0"),
        postgresql_where=text("state = 'waiting' AND attempts = 0"),
    ),
    Index(
        "uq_jobs_running_key",
        "key",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    sqlite_autoincrement=True,  # an id given is never given again, so that a late ending cannot hit another job
)

schedules = Table(
    "schedules",
    metadata,
    Column("name", String, primary_key=True),
    Column("next_at", Time, nullable=False),
)
