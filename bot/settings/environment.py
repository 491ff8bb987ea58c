"""The variables: secrets, addresses of the clouds, and where things are; each is a line of ``.env.example``."""

import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings.proxies import NetworkList, PersonHeader

HERE = frozenset({"127.0.0.1", "::1", "localhost"})
"""This machine, where plain text is heard by nobody else."""


class Environment(BaseSettings):
    """Each field is one variable; the alias is its name, the first example is what an error shows."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, env_file_encoding="utf-8")

    slack_bot_token: SecretStr | None = Field(
        None,
        alias="SLACK_BOT_TOKEN",
        description="Bot token of the Slack app; needed by every Slack destination.",
        examples=["xoxb-1234567890-abcdefghij"],
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        alias="SLACK_SIGNING_SECRET",
        description="Signing secret of the Slack app; needed to answer /mailstatus over HTTP.",
        examples=["8f742231b10e8888abcd99yyyzzz85a5"],
    )
    slack_app_token: SecretStr | None = Field(
        None,
        alias="SLACK_APP_TOKEN",
        description="App-level token; set it to answer /mailstatus over Socket Mode, without a public address.",
        examples=["xapp-1-A0123456789-abcdef"],
    )
    slack_client_id: str | None = Field(
        None,
        alias="SLACK_CLIENT_ID",
        description="Client id of the Slack app; where several workspaces install it, in place of SLACK_BOT_TOKEN.",
        examples=["1234567890.0987654321"],
    )
    slack_client_secret: SecretStr | None = Field(
        None,
        alias="SLACK_CLIENT_SECRET",
        description="Client secret of the Slack app; belongs to SLACK_CLIENT_ID.",
        examples=["0123456789abcdef0123456789abcdef"],
    )
    azure_tenant_id: str | None = Field(
        None,
        alias="AZURE_TENANT_ID",
        description="Directory (tenant) id whose service health is read.",
        examples=["8e6f1a0c-1111-2222-3333-444455556666"],
    )
    azure_client_id: str | None = Field(
        None,
        alias="AZURE_CLIENT_ID",
        description="Application (client) id of the Entra app.",
        examples=["0b1d2c3e-1111-2222-3333-444455556666"],
    )
    azure_client_secret: SecretStr | None = Field(
        None,
        alias="AZURE_CLIENT_SECRET",
        description="Client secret of the Entra app; a certificate or a federated token may stand in for it.",
        examples=["q~8Q~abcdefghijklmnopqrstuvwxyz"],
    )
    azure_client_certificate_path: Path | None = Field(
        None,
        alias="AZURE_CLIENT_CERTIFICATE_PATH",
        description="PFX or PEM file with certificate and key of the Entra app.",
        examples=["/etc/mailstatus/entra.pem"],
    )
    azure_federated_token_file: Path | None = Field(
        None,
        alias="AZURE_FEDERATED_TOKEN_FILE",
        description="File with the workload identity's token, read again at each use.",
        examples=["/var/run/secrets/azure/tokens/azure-identity-token"],
    )
    managed_identity: bool = Field(
        default=False,
        alias="MAILSTATUS_MANAGED_IDENTITY",
        description="true: sign in as the identity that Azure gave this machine; AZURE_CLIENT_ID chooses one.",
        examples=["true"],
    )
    azure_authority_host: str | None = Field(
        None,
        alias="AZURE_AUTHORITY_HOST",
        description="Where tokens come from, if not from the cloud's own host.",
        examples=["https://login.microsoftonline.us"],
    )
    cloud: Literal["global", "gcc", "gcc-high", "dod", "china"] = Field(
        "global",
        alias="MAILSTATUS_CLOUD",
        description="Microsoft's cloud: global, gcc, gcc-high, dod or china.",
        examples=["global"],
    )
    graph_url: str | None = Field(
        None,
        alias="MAILSTATUS_GRAPH_URL",
        description="Address of Microsoft Graph, if not the cloud's own.",
        examples=["https://graph.microsoft.us"],
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        alias="MAILSTATUS_SLACK_API_URL",
        description="Address of Slack's Web API; GovSlack has its own.",
        examples=["https://slack-gov.com/api/"],
    )
    ca_file: Path | None = Field(
        None,
        alias="MAILSTATUS_CA_FILE",
        description="PEM file with further certificate authorities, for a proxy or mail server with its own.",
        examples=["/etc/ssl/company-ca.pem"],
    )
    teams_token: SecretStr | None = Field(
        None,
        alias="MAILSTATUS_TEAMS_TOKEN",
        description="Security token of the outgoing webhook by which people ask in Teams.",
        examples=["c2VjdXJpdHkgdG9rZW4gYXMgVGVhbXMgc2hvd2VkIGl0"],
    )
    teams_app_id: str | None = Field(
        None,
        alias="MAILSTATUS_TEAMS_APP_ID",
        description="Microsoft App ID of the Teams bot; needed by destinations with a conversation.",
        examples=["2f4e6a8c-1111-2222-3333-444455556666"],
    )
    teams_app_secret: SecretStr | None = Field(
        None,
        alias="MAILSTATUS_TEAMS_APP_SECRET",
        description="Client secret of the Teams bot; without it the AZURE_ credential signs the bot in.",
        examples=["q~8Q~abcdefghijklmnopqrstuvwxyz"],
    )
    teams_service_url: str | None = Field(
        None,
        alias="MAILSTATUS_TEAMS_SERVICE_URL",
        description="One more address that the Teams bot may send to, beside Microsoft's own, for trying it out.",
        examples=["http://127.0.0.1:9009"],
    )
    store: SecretStr | None = Field(
        None,
        alias="MAILSTATUS_STORE",
        description="SQLAlchemy URL of the store; by default a SQLite file in the user's state folder.",
        examples=["postgresql://mailstatus:password@db/mailstatus"],
    )
    listen: str = Field(
        "127.0.0.1:8025",
        alias="MAILSTATUS_LISTEN",
        description="Address and port of the status page, the API and the chat platforms' requests.",
        examples=["127.0.0.1:8025"],
    )
    page_token: SecretStr | None = Field(
        None,
        alias="MAILSTATUS_PAGE_TOKEN",
        description="Token that page and API ask for; needed where MAILSTATUS_LISTEN is not a loopback address.",
        examples=["a-long-random-string"],
    )
    proxy_user_header: PersonHeader | None = Field(
        None,
        alias="MAILSTATUS_PROXY_USER_HEADER",
        description="Header by which a reverse proxy names the person who signed in; believed of trusted ones alone.",
        examples=["X-Forwarded-User"],
    )
    trusted_proxies: NetworkList = Field(
        "",
        alias="MAILSTATUS_TRUSTED_PROXIES",
        description="Addresses or networks of the reverse proxies in front, with commas between them.",
        examples=["10.0.0.5,fd00:1::/64"],
    )
    probe_key: SecretStr | None = Field(
        None,
        alias="MAILSTATUS_PROBE_KEY",
        description="Key that signs test messages; by default made once and kept beside the store.",
        examples=["a-long-random-string"],
    )
    config: Path = Field(
        Path("mailstatus.toml"),
        alias="MAILSTATUS_CONFIG",
        description="File with mailboxes, routes, destinations and rules.",
        examples=["/etc/mailstatus/mailstatus.toml"],
    )
    tenants: Path | None = Field(
        None,
        alias="MAILSTATUS_TENANTS",
        description="Folder with one file for each company that is watched, where there are many.",
        examples=["/etc/mailstatus/tenants"],
    )
    secrets_dir: Path | None = Field(
        None,
        alias="MAILSTATUS_SECRETS_DIR",
        description="Folder with one file for each secret, named as its variable; by default systemd's credentials.",
        examples=["/run/secrets"],
    )
    heartbeat_url: SecretStr | None = Field(
        None,
        alias="MAILSTATUS_HEARTBEAT_URL",
        description="Address that is called once a minute while the bot does its work, so that others notice its end.",
        examples=["https://hc-ping.com/0b1d2c3e-1111-2222-3333-444455556666"],
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        alias="MAILSTATUS_LOG_LEVEL",
        description="How much is logged: debug, info, warning or error.",
        examples=["info"],
    )

    @field_validator("listen")
    @classmethod
    def _has_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:  # noqa: PLR2004 - the largest port there is
            raise ValueError("is not an address and a port")
        return value

    @field_validator("azure_authority_host", "graph_url")
    @classmethod
    def _is_https(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme != "https":
            raise ValueError("does not begin with https://")
        return value

    @field_validator("heartbeat_url", "slack_api_url", "teams_service_url")
    @classmethod
    def _is_https_or_here(cls, value: SecretStr | str | None) -> SecretStr | str | None:
        address = value.get_secret_value() if isinstance(value, SecretStr) else value
        parts = urlsplit(address or "https://host")
        if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE)):
            raise ValueError("does not begin with https://, and what is secret would go there in clear")
        return value

    @model_validator(mode="after")
    def _bot_has_a_tenant(self) -> Self:
        if self.teams_app_id and not self.azure_tenant_id:
            raise ValueError(
                "AZURE_TENANT_ID: is missing, and MAILSTATUS_TEAMS_APP_ID needs it: only people of this tenant may "
                "talk to the bot. Example: AZURE_TENANT_ID=8e6f1a0c-1111-2222-3333-444455556666"
            )
        return self

    @field_validator("store")
    @classmethod
    def _is_known_store(cls, value: SecretStr | None) -> SecretStr | None:
        if value and re.split("[+:]", value.get_secret_value())[0] not in {"sqlite", "postgresql"}:
            raise ValueError("begins neither with sqlite:/// nor with postgresql://")
        return value

    @model_validator(mode="after")
    def _slack_has_one_way_in(self) -> Self:
        if (self.slack_client_id is None) != (self.slack_client_secret is None):
            missing = "SLACK_CLIENT_ID" if self.slack_client_id is None else "SLACK_CLIENT_SECRET"
            example = "1234567890.0987654321" if self.slack_client_id is None else "0123456789abcdef0123456789abcdef"
            raise ValueError(f"{missing}: is missing; one is of no use alone. Example: {missing}={example}")
        if self.slack_client_id and self.slack_bot_token:
            raise ValueError(
                "SLACK_BOT_TOKEN: is for one workspace and SLACK_CLIENT_ID for several: set one of them. "
                "Example: # SLACK_BOT_TOKEN="
            )
        return self

    @model_validator(mode="after")
    def _page_is_guarded(self) -> Self:
        if self.proxy_user_header and not self.trusted_proxies:
            raise ValueError(
                "MAILSTATUS_TRUSTED_PROXIES: is missing, and MAILSTATUS_PROXY_USER_HEADER needs it: anybody could send "
                "that header. Example: MAILSTATUS_TRUSTED_PROXIES=10.0.0.5,fd00:1::/64"
            )
        host = self.listen.rpartition(":")[0].strip("[]")
        if host not in HERE and not self.page_is_guarded:
            raise ValueError(
                "MAILSTATUS_PAGE_TOKEN: is missing, and MAILSTATUS_LISTEN is not a loopback address; or set "
                "MAILSTATUS_PROXY_USER_HEADER. Example: MAILSTATUS_PAGE_TOKEN=a-long-random-string"
            )
        return self

    @property
    def page_is_guarded(self) -> bool:
        """Whether page and API ask who it is."""
        return bool(self.page_token or self.proxy_user_header)
