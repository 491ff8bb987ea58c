"""The tables of mailboxes, and of the ways between them."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.settings.forms import Length, ServerAddress, Table, Variable


class MailboxTable(Table):
    """A mailbox that test messages leave or reach; ``via`` graph and ``auth`` oauth use the Entra app."""

    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", examples=["canary@contoso.com"])
    user: str | None = None
    via: Literal["servers", "graph"] = "servers"
    smtp: ServerAddress | None = None
    imap: ServerAddress | None = None
    auth: Literal["password", "oauth"] = "password"
    password_env: Variable | None = None

    @model_validator(mode="after")
    def _can_log_in(self) -> Self:
        if self.via == "servers" and self.auth == "password" and not self.password_env:
            raise ValueError(
                'password_env is missing: the variable with the password. Example: password_env = "OFFICE_PASSWORD"'
            )
        return self


class RouteTable(Table):
    """A way from one mailbox to another; ``control`` joins two other providers and is never mail."""

    sender: str = Field("", alias="from", examples=["office"])
    receiver: str = Field("", alias="to", examples=["outside"])
    direction: Literal["outbound", "inbound", "internal", "control"] = Field(examples=["outbound"])
    vantage: str = "here"
    every: Length = timedelta(seconds=60)
    deadline: Length = timedelta(hours=1)
    tenant: str = "default"
