"""Column types that mean the same on SQLite and PostgreSQL, and statements that both know."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Dialect, Integer, Table, Text, literal_column
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql.dml import Insert as PostgresqlInsert
    from sqlalchemy.dialects.sqlite.dml import Insert as SqliteInsert

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the key is called INTEGER."""

DATABASE_NOW = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
}

Row: TypeAlias = Mapping[str, object]
Insert: TypeAlias = "SqliteInsert | PostgresqlInsert"


class Time(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as microseconds since 1970: the same order and sums on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """Refuse a naive moment: it would be somebody's local time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: make it aware, in UTC")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        """Hand out aware UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


class Span(TypeDecorator[timedelta]):
    """A timedelta, kept as microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, _dialect: Dialect) -> int | None:
        """Count microseconds."""
        return None if value is None else value // MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> timedelta | None:
        """Read microseconds."""
        return None if value is None else value * MICROSECOND


class Words(TypeDecorator[str]):
    """Anybody's words, kept as far as a database can: without NUL, and with ? for halves of characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Drop what PostgreSQL refuses."""
        return None if value is None else value.replace("\0", "").encode(errors="replace").decode()


def database_now(connection: AsyncConnection) -> ColumnElement[int]:
    """Give the moment by the database's clock, in microseconds since 1970: the one clock that all machines share."""
    return literal_column(DATABASE_NOW[connection.dialect.name], BigInteger)


def insert_into(connection: AsyncConnection, table: Table) -> Insert:
    """Begin an INSERT that can say ``on_conflict_...`` in the dialect of this connection."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> Insert:
    """Begin an INSERT that can say ``on_conflict_...`` in a dialect."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert  # noqa: PLC0415 - 2.4 MB on SQLite

        return postgresql_insert(table)
    return sqlite_insert(table)
