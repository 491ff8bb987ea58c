"""A real mail system on loopback: Debian's exim hands messages to Debian's dovecot, both as an ordinary user."""

import asyncio
import grp
import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.certificates import write_certificate
from tests.mail.set_up import BRIMFUL, DOVECOT, EXIM
from tests.ports import free_port

DOMAIN = "test.example"
READY_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """Where the servers listen, and where they write."""

    smtp: int
    busy: int
    imap: int
    folder: Path

    @property
    def released(self) -> Path:
        """The file that lets what is held go on, while it is there."""
        return self.folder / "released"


@contextmanager
def running() -> Iterator[Rig]:
    """Run both servers in a folder of their own, and end them."""
    smtp, busy, imap, lmtp = (free_port() for _ in range(4))
    account = _account()
    with tempfile.TemporaryDirectory(prefix="mailrig-") as name:
        rig = Rig(smtp=smtp, busy=busy, imap=imap, folder=Path(name))
        words = {"user": account.pw_name, "group": _group(account), "folder": name, "domain": DOMAIN}
        for path, text in (("exim.conf", EXIM), ("dovecot.conf", DOVECOT)):
            (rig.folder / path).write_text(
                text.format(smtp=smtp, busy=busy, imap=imap, lmtp=lmtp, **words), encoding="ascii"
            )
        write_certificate(rig.folder)
        (rig.folder / "users").write_text(BRIMFUL.format(**words), encoding="ascii")
        for path in ("exim", "dovecot/run", "dovecot/state", "dovecot/mail"):
            (rig.folder / path).mkdir(parents=True)
        _hand_over(rig.folder, account)
        servers = [_start(command, account) for command in _commands(rig)]
        try:
            for port in (smtp, imap, lmtp):
                asyncio.run(_ready(port))
            yield rig
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(timeout=10)


def _commands(rig: Rig) -> list[list[str]]:
    return [
        ["/usr/sbin/dovecot", "-F", "-c", str(rig.folder / "dovecot.conf")],
        ["/usr/sbin/exim4", "-C", str(rig.folder / "exim.conf"), "-bdf", "-q2s"],
    ]


def _start(command: list[str], account: pwd.struct_passwd) -> subprocess.Popen[bytes]:
    root = os.geteuid() == 0
    return subprocess.Popen(  # noqa: S603  # one of the two commands above
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        user=account.pw_uid if root else None,
        group=account.pw_gid if root else None,
        extra_groups=[] if root else None,
    )


def _account() -> pwd.struct_passwd:
    return pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam("nobody")


def _group(account: pwd.struct_passwd) -> str:
    return grp.getgrgid(account.pw_gid).gr_name


def _hand_over(folder: Path, account: pwd.struct_passwd) -> None:
    if os.geteuid():
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)


async def _ready(port: int) -> None:
    async with asyncio.timeout(READY_SECONDS):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            await reader.readline()
            writer.close()
            await writer.wait_closed()
            return
