"""Microsoft Graph: tokens, paging, throttling, errors, clouds."""

from bot.microsoft.budget import EACH, Budget, Take
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
    "EACH",
    "GLOBAL",
    "Budget",
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
    "Take",
    "TokenSource",
    "elements",
    "object_of",
    "open_http",
]
