"""When a delivery was first to be told."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Time

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Keep apart from the next try when it was due at first."""
    op.add_column("deliveries", sa.Column("wanted", Time(), nullable=True))
