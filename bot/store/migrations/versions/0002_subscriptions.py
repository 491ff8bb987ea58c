"""Who is told in person."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table of subscriptions."""
    op.create_table(
        "subscriptions",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("directions", sa.String(), nullable=False),
        sa.Column("quiet", sa.Text()),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "person", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_tenant", "subscriptions", ["tenant"])
