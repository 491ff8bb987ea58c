"""Microsoft Graph: tokens, paging, throttling, errors, clouds."""

from bot.microsoft.clouds import CLOUDS, GLOBAL, Cloud
from bot.microsoft.credentials import (
    Certificate,
    ClientSecret,
    Credential,
    FederatedTokenFile,
    ManagedIdentity,
)
from bot.microsoft.errors import GraphError
from bot.microsoft.graph import Call, GraphClient, elements, object_of
from bot.microsoft.http import open_http
from bot.microsoft.tokens import EntraApp, EntraTokens, TokenSource

__all__ = [
    "CLOUDS",
    "GLOBAL",
    "Call",
    "Certificate",
    "ClientSecret",
    "Cloud",
    "Credential",
    "EntraApp",
    "EntraTokens",
    "FederatedTokenFile",
    "GraphClient",
    "GraphError",
    "ManagedIdentity",
    "TokenSource",
    "elements",
    "object_of",
    "open_http",
]
