"""How old a program may be that goes on beside these tables."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the one row."""
    op.create_table(
        "borne", sa.Column("oldest", sa.String(), nullable=False), sa.PrimaryKeyConstraint("oldest", name="pk_borne")
    )
    op.execute("INSERT INTO borne VALUES ('0008')")
