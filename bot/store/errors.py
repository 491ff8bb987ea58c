"""The one error of the store, and how the driver's become it."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Error as SqliteError

from sqlalchemy.exc import DBAPIError, SQLAlchemyError


class StoreError(Exception):
    """The store cannot do this now; ``passing`` says that trying again later may help."""

    def __init__(self, message: str, *, passing: bool = True) -> None:
        """Keep what the caller's retry needs."""
        super().__init__(message)
        self.passing = passing


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into ours, without statement and parameters, which may hold people's words."""
    try:
        yield
    except DBAPIError as error:
        passing = type(error).__name__ in {"OperationalError", "InterfaceError", "InternalError", "DBAPIError"}
        raise StoreError(f"store: {_first_line(error.orig)}", passing=passing) from error
    except (SQLAlchemyError, SqliteError) as error:
        raise StoreError(f"store: {_first_line(error)}") from error


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else 'no details'}"
