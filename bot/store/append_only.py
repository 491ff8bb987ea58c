"""What the database itself refuses: the audit is added to, and never changed."""

from sqlalchemy import Connection

NEVER = "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
FUNCTION = """CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$"""
TRIGGER = """CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_append_only()"""
APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit {NEVER}",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit {NEVER}",
    ),
    "postgresql": (FUNCTION, TRIGGER),
}
"""What the database itself refuses, by dialect."""


def guard_audit(connection: Connection) -> None:
    """Give the audit's table its triggers."""
    for statement in APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)
