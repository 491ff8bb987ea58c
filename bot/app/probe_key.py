"""The key that signs test messages, and fingerprints addresses."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings


def probe_key(settings: Settings) -> SecretStr:
    """Give the key that signs test messages: the one that is set, else one made once and kept in the state folder."""
    if settings.environment.probe_key:
        return settings.environment.probe_key
    path = settings.state / "probe.key"
    if not path.exists():
        _keep(path, secrets.token_urlsafe(32))
    return SecretStr(path.read_text(encoding="ascii").strip())


def _keep(path: Path, key: str) -> None:
    """Write a whole file or none, for our own eyes alone."""
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(key)
    part.replace(path)
