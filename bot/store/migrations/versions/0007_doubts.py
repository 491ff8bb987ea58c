"""How often a delivery was tried without anybody knowing whether it landed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Count what was a yes or no."""
    op.add_column("deliveries", sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE deliveries SET doubts = 1 WHERE unknown OR state = 'claimed'")
    op.drop_column("deliveries", "unknown")
