"""What a worker is called: the same after a restart, so that it goes on at once with what it held when it died."""

import contextlib
import fcntl
import random
import socket
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def worker_name(folder: Path, chance: random.Random) -> Iterator[str]:
    """Give the name that is kept in a folder, for as long as the block lasts.

    Nobody else can have it meanwhile, and the system takes it from the dead: a second process gets a name of its own.
    """
    with (folder / "worker").open("a+", encoding="ascii") as file:
        fresh = chance.randbytes(4).hex()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield f"{socket.gethostname()}:{fresh}"
            return
        file.seek(0)
        kept = file.read().strip()
        if not kept:
            file.write(fresh)
            file.flush()
        yield f"{socket.gethostname()}:{kept or fresh}"
