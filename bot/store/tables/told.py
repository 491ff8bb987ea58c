"""What is told, to whom, and what people did."""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.columns import Id, Time, Words
from bot.store.tables.base import ONLY, metadata

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
    Column("wanted", Time),  # when it was due first; not there where an older program saved it
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("leased_until", Time),
    Column("doubts", Integer, nullable=False, server_default="0"),  # tries that may have landed
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
        info={ONLY: "state IN ('waiting', 'claimed')"},
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
