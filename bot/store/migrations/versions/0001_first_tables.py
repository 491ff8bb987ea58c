"""The first tables.

They are kept as SQL, one statement a paragraph: what was once created must not follow what tables.py says today.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the first version."""
    connection = op.get_bind()
    script = Path(__file__).parent / revision / f"{connection.dialect.name}.sql"
    for statement in script.read_text().split("\n\n"):
        connection.exec_driver_sql(statement)
