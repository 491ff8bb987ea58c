"""Microsoft's national clouds: where to sign in, where Graph is, and where mail is submitted and read."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One cloud's base URLs, without a slash at the end."""

    login: str
    graph: str
    outlook: str

    @property
    def graph_scope(self) -> str:
        """Everything that the app was granted on Graph."""
        return f"{self.graph}/.default"

    @property
    def outlook_scope(self) -> str:
        """Everything that the app was granted on SMTP and IMAP."""
        return f"{self.outlook}/.default"


GLOBAL = Cloud(
    login="https://login.microsoftonline.com",
    graph="https://graph.microsoft.com",
    outlook="https://outlook.office365.com",
)

CLOUDS: Mapping[str, Cloud] = {
    "global": GLOBAL,
    "gcc": GLOBAL,
    "gcc-high": Cloud(
        login="https://login.microsoftonline.us",
        graph="https://graph.microsoft.us",
        outlook="https://outlook.office365.us",
    ),
    "dod": Cloud(
        login="https://login.microsoftonline.us",
        graph="https://dod-graph.microsoft.us",
        outlook="https://webmail.apps.mil",
    ),
    "china": Cloud(
        login="https://login.chinacloudapi.cn",
        graph="https://microsoftgraph.chinacloudapi.cn",
        outlook="https://partner.outlook.cn",
    ),
}
