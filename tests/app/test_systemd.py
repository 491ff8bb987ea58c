import socket
from pathlib import Path

from bot.app.systemd import READY, Systemd


def test_systemd_is_told_where_it_listens(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        Systemd(str(tmp_path / "notify")).tell(READY)
        assert listening.recv(100) == b"READY=1"


def test_an_address_without_a_file_begins_with_an_at_sign(tmp_path: Path) -> None:
    name = f"mailstatus-{tmp_path.name}-{id(tmp_path)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        Systemd(f"@{name}").tell(READY)
        assert listening.recv(100) == b"READY=1"


def test_nobody_is_told_where_nobody_listens(tmp_path: Path) -> None:
    Systemd(None).tell(READY)
    Systemd(str(tmp_path / "gone")).tell(READY)
