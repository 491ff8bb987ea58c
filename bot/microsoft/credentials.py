"""How the app proves to Entra who it is."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pydantic import SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecret:
    """A password of the app registration."""

    secret: SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A file with private key and certificate: PEM, or PKCS#12 if its name ends in .pfx or .p12."""

    path: Path
    passphrase: SecretStr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedTokenFile:
    """A token of another identity provider (a Kubernetes workload); the file is replaced while we run."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedIdentity:
    """The identity that Azure gave this machine; ``client_id`` chooses among several."""

    client_id: str | None = None


Credential: TypeAlias = ClientSecret | Certificate | FederatedTokenFile | ManagedIdentity
