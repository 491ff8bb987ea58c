"""Ports for servers that must be told theirs before they start."""

import os
import socket
from itertools import count

FIRST, EACH, SHARES = 10_000, 400, 50
"""Below those that the system gives to clients, so that none is taken between the choice and the start; test runs side by
side have a share each."""
_TRIED = count()


def free_port() -> int:
    """Give a port of loopback that nobody listens on; never the same twice, as long as there are others."""
    share = FIRST + os.getpid() % SHARES * EACH
    for _ in range(EACH):
        port = share + next(_TRIED) % EACH
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise RuntimeError(f"All ports from {share} to {share + EACH - 1} are taken: end what listens on them.")
