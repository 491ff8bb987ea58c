"""The settings of any number of companies, as an operator would write them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.scale.world import SECRET

ROUTES = 5
"""Of a company that runs canaries, a message a minute on each."""
CANARIES_EACH = 10
"""One company in so many runs them."""
TOKEN, SIGNING, PROBE_KEY = "xoxb-bench", "signing-secret-of-the-bench", "the-probes-of-the-whole-town"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """So many companies around a world, whose ports ``world`` names."""

    size: int
    world: dict[str, Any]
    poll: str

    @property
    def companies(self) -> list[str]:
        """Name them."""
        return [f"company-{number:05}" for number in range(self.size)]

    @property
    def channels(self) -> list[str]:
        """Name each company's channel, in the order of the companies."""
        return [f"C{number:08}" for number in range(self.size)]

    @property
    def probing(self) -> list[str]:
        """Name those that run canaries."""
        return self.companies[::CANARIES_EACH]

    def settle(self, folder: Path, store: str) -> None:
        """Write ``.env``, a file for each company, and ``mailstatus.toml`` with those that run canaries.

        A company's own file may name no mail server on this machine.
        """
        graph = f"https://localhost:{self.world['graph']}"
        variables = {
            "AZURE_CLIENT_ID": "app",
            "AZURE_CLIENT_SECRET": SECRET,
            "AZURE_AUTHORITY_HOST": graph,
            "MAILSTATUS_GRAPH_URL": graph,
            "MAILSTATUS_CA_FILE": self.world["ca_file"],
            "MAILSTATUS_SLACK_API_URL": f"http://127.0.0.1:{self.world['chats']}/api/",
            "MAILSTATUS_STORE": store,
            "MAILSTATUS_TENANTS": str(folder / "tenants"),
            "MAILSTATUS_LISTEN": "127.0.0.1:0",
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING,
            "BOX_PASSWORD": "box",
            "MAILSTATUS_PROBE_KEY": PROBE_KEY,
        }
        (folder / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in variables.items()))
        (folder / "tenants").mkdir()
        probing, lines = set(self.probing), [f'[rules]\npoll_every = "{self.poll}"']
        for name, channel in zip(self.companies, self.channels, strict=True):
            if name in probing:
                lines += [f'[tenants.{name}]\nazure_tenant_id = "{name}"', *self._canaries(name)]
                lines.append(_destination(f"ops-{name}", channel) + f'tenant = "{name}"')
            else:
                file = folder / "tenants" / f"{name}.toml"
                file.write_text(f'azure_tenant_id = "{name}"\n{_destination("ops", channel)}')
        (folder / "mailstatus.toml").write_text("\n".join(lines))

    def _canaries(self, name: str) -> Iterator[str]:
        host = "plain://127.0.0.1"
        for box in ("office", "outside"):
            yield f'[mailboxes.{box}-{name}]\naddress = "{box}@{name}.example"\npassword_env = "BOX_PASSWORD"'
            yield f'smtp = "{host}:{self.world["smtp"]}"\nimap = "{host}:{self.world["imap"]}"'
        for number in range(ROUTES):
            here, there, direction = (
                ("outside", "office", "inbound") if number % 2 else ("office", "outside", "outbound")
            )
            yield f'[routes.r{number}-{name}]\nfrom = "{here}-{name}"\nto = "{there}-{name}"'
            yield f'direction = "{direction}"\nvantage = "here"\ntenant = "{name}"\nevery = "60s"'


def _destination(name: str, channel: str) -> str:
    return f'[destinations.{name}]\nplatform = "slack"\nchannel = "{channel}"\n'
