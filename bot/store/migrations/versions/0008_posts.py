"""Posts are in the wordings of their advisory, which are kept once for all tenants."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Drop what was a copy for each tenant."""
    op.drop_table("advisory_posts")
