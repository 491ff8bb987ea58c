"""When each machine moved on, so that other programs need not read all of them to find those that did."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the moment of the last step."""
    op.add_column("machines", sa.Column("moved", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_machines_moved", "machines", ["moved"])
