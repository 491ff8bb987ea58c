"""How often a tenant's machine moved on, so that several programs can tell whether theirs is the newest."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Count the steps of each machine."""
    op.add_column("machines", sa.Column("version", sa.BigInteger(), nullable=False, server_default="0"))
