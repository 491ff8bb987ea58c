"""Tells systemd that the bot is up and well, by the few bytes of sd_notify(3)."""

import contextlib
import socket
from dataclasses import dataclass

READY, STOPPING, WATCHDOG = "READY=1", "STOPPING=1", "WATCHDOG=1"


@dataclass(frozen=True, slots=True)
class Systemd:
    """Speaks to the address of NOTIFY_SOCKET, or to nobody where there is none."""

    address: str | None

    def tell(self, state: str) -> None:
        """Send one state; a systemd that does not listen is no reason to fail."""
        if not self.address:
            return
        name = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.settimeout(0)
            out.sendto(state.encode(), name)
