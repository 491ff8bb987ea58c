"""Which destinations cannot be reached."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table of gaps."""
    op.create_table(
        "gaps",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("stand_ins", sa.Text(), nullable=False),
        sa.Column("shut", sa.String(), nullable=False),
        sa.Column("probe", sa.BigInteger()),
        sa.PrimaryKeyConstraint("tenant", "destination", name="pk_gaps"),
    )
