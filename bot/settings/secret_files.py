"""Secrets as files: one a secret, its name the variable's, as Docker, Kubernetes and systemd hand them over."""

from collections.abc import Mapping
from pathlib import Path

LARGEST = 64 * 1024


def folder_of(values: Mapping[str, str | None]) -> Path | None:
    """Give the folder that the operator named, else the one that systemd made for this service."""
    named = values.get("MAILSTATUS_SECRETS_DIR") or values.get("CREDENTIALS_DIRECTORY")
    return Path(named) if named else None


def kept(folder: Path | None) -> dict[str, str]:
    """Read every file of the folder, without the space around what is in it; raises ValueError, which names one."""
    if folder is None:
        return {}
    example = "MAILSTATUS_SECRETS_DIR=/run/secrets"
    if not folder.is_dir():
        raise ValueError(f"MAILSTATUS_SECRETS_DIR: {folder} is no folder. Example: {example}")
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: _read(path) for path in files}


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"MAILSTATUS_SECRETS_DIR: {path} is too large for a secret. Example: one line")
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError(f"MAILSTATUS_SECRETS_DIR: {path} is not UTF-8. Example: one line of text") from None
    except OSError as error:
        raise ValueError(f"MAILSTATUS_SECRETS_DIR: {path}: {error.strerror}. Example: chmod 400 {path}") from None
