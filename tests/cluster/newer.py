"""A newer build of mailstatus: this one, with a migration more."""

import re
import shutil
from pathlib import Path

from bot.store.schema import HEAD, MIGRATIONS

ROOT = Path(__file__).parents[2]
NEWER = f"{int(HEAD) + 1:04}"
MIGRATION = f'''\
"""Moods."""

import sqlalchemy as sa
from alembic import op

revision = "{NEWER}"
down_revision = "{HEAD}"


def upgrade() -> None:
    """Add what migrations may add: a column, a table, an index."""
    op.add_column("machines", sa.Column("mood", sa.String(), nullable=False, server_default="well"))
    op.create_table("moods", sa.Column("mood", sa.String(), primary_key=True))
    op.create_index("ix_machines_mood", "machines", ["mood"])
'''


def newer_build(folder: Path) -> Path:
    """Put the program of a newer version in a folder; gives what Python has to find it by."""
    build = folder / "newer"
    for part in ("bot", "handlers"):
        shutil.copytree(ROOT / part, build / part, ignore=shutil.ignore_patterns("__pycache__"))
    store = build / "bot" / "store"
    schema = store / "schema.py"
    schema.write_text(re.sub(r'^HEAD = ".*"$', f'HEAD = "{NEWER}"', schema.read_text(), flags=re.MULTILINE))
    (store / MIGRATIONS.name / "versions" / f"{NEWER}_moods.py").write_text(MIGRATION)
    return build
