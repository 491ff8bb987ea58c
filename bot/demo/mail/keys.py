"""Who may use a mailbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.demo.mail.mailbox import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Accounts by address, which their passwords open, and any known OAuth token as well."""

    accounts: Mapping[str, Account]
    knows_token: Callable[[str], bool]

    def by_password(self, address: str, password: str) -> Account | None:
        """Give the account that this password opens."""
        account = self.accounts.get(address.lower())
        return account if account and account.password == password else None

    def by_plain(self, response: bytes) -> Account | None:
        """Give the account that a SASL PLAIN response opens."""
        match response.decode(errors="replace").split("\0"):
            case [_, address, password]:
                return self.by_password(address, password)
            case _:
                return None

    def by_xoauth2(self, response: bytes) -> Account | None:
        """Give the account that a SASL XOAUTH2 response (``user=…^Aauth=Bearer …^A^A``) opens."""
        fields = dict(part.split("=", 1) for part in response.decode(errors="replace").split("\x01") if "=" in part)
        token = fields.get("auth", "").removeprefix("Bearer ")
        return self.accounts.get(fields.get("user", "").lower()) if self.knows_token(token) else None
