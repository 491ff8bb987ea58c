"""Microsoft's national clouds: where to sign in, where Graph is, where mail is read, and who runs flows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One cloud's base URLs, without a slash at the end."""

    login: str
    graph: str
    outlook: str
    flow: str

    @property
    def graph_scope(self) -> str:
        """Everything that the app was granted on Graph."""
        return f"{self.graph}/.default"

    @property
    def outlook_scope(self) -> str:
        """Everything that the app was granted on SMTP and IMAP."""
        return f"{self.outlook}/.default"

    @property
    def flow_scope(self) -> str:
        """The right to trigger a flow; two slashes, as the audience of the token has to end with one."""
        return f"{self.flow}//.default"


GLOBAL = Cloud(
    login="https://login.microsoftonline.com",
    graph="https://graph.microsoft.com",
    outlook="https://outlook.office365.com",
    flow="https://service.flow.microsoft.com",
)

CLOUDS: Mapping[str, Cloud] = {
    "global": GLOBAL,
    "gcc": replace(GLOBAL, flow="https://gov.service.flow.microsoft.us"),
    "gcc-high": Cloud(
        login="https://login.microsoftonline.us",
        graph="https://graph.microsoft.us",
        outlook="https://outlook.office365.us",
        flow="https://high.service.flow.microsoft.us",
    ),
    "dod": Cloud(
        login="https://login.microsoftonline.us",
        graph="https://dod-graph.microsoft.us",
        outlook="https://webmail.apps.mil",
        flow="https://service.flow.appsplatform.us",
    ),
    "china": Cloud(
        login="https://login.chinacloudapi.cn",
        graph="https://microsoftgraph.chinacloudapi.cn",
        outlook="https://partner.outlook.cn",
        flow="https://service.powerautomate.cn",
    ),
}
