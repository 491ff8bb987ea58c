"""The tables of those who are told."""

import re
from collections.abc import Iterable, Mapping
from datetime import time
from typing import Annotated, Literal, Self
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from bot.settings.forms import Table, Variable

_CONVERSATION = re.compile(r"(?:19:[\w-]+@(?:thread\.\w+|unq\.gbl\.spaces)|a:[\w-]{20,})")


class QuietHours(Table):
    """When only what is severe may ring."""

    begin: str = Field(alias="from", pattern=r"^\d{2}:\d{2}$", examples=["22:00"])
    end: str = Field(alias="to", pattern=r"^\d{2}:\d{2}$", examples=["07:00"])
    zone: str = Field("UTC", examples=["Europe/Berlin"])

    @field_validator("begin", "end")
    @classmethod
    def _is_time(cls, value: str) -> str:
        try:
            time.fromisoformat(value)
        except ValueError:
            raise ValueError('is no time of the day. Example: "22:00"') from None
        return value

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (LookupError, ValueError, OSError):  # not known; not a name of one; a folder of them, such as Europe
            raise ValueError('is no time zone that this machine knows. Example: "Europe/Berlin"') from None
        return value


def conversation(value: object) -> object:
    """Read the id of a Teams conversation, or find it in the link that Teams gives to a channel."""
    if not isinstance(value, str):
        return value
    found = _CONVERSATION.search(unquote(value))
    if not found:
        raise ValueError(
            'is neither the id of a Teams channel nor a link to one. Example: conversation = "19:abc123@thread.tacv2"'
        )
    return found[0]


Conversation = Annotated[str, BeforeValidator(conversation), Field(examples=["19:abc123@thread.tacv2"])]


def one_after_another(value: object) -> object:
    """Refuse a single name with what to write instead."""
    if not isinstance(value, str):
        return value
    raise ValueError(f'is a list, in the order in which they are tried. Example: fallback = ["{value}"]')


Fallback = Annotated[tuple[str, ...], BeforeValidator(one_after_another)]


class DestinationTable(Table):
    """A channel that is told.

    ``channel`` is Slack's id, ``url_env`` the variable with the address of a Teams Workflow, ``conversation`` the
    Teams channel that the bot is in; ``address`` is told by e-mail, which leaves from ``mailbox``.
    """

    platform: Literal["slack", "teams", "email"] = Field(examples=["slack"])
    channel: str | None = Field(None, pattern=r"^[CGD][A-Z0-9]{2,}$", examples=["C0123456789"])
    workspace: str = Field("", pattern=r"^(T[A-Z0-9]{2,})?$", examples=["T0123456789"])
    url_env: Variable | None = None
    conversation: Conversation | None = None
    address: str | None = Field(None, pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$", examples=["oncall@example.org"])
    mailbox: str | None = Field(None, examples=["alerts"])
    language: Literal["en", "de", "fr", "es", "ja"] = "en"
    tenant: str = "default"
    severities: tuple[Literal["severe", "warning", "info", "good"], ...] = ()
    directions: tuple[Literal["outbound", "inbound", "internal"], ...] = ()
    only: Literal["advisories", "measured"] | None = None
    quiet: QuietHours | None = None
    mention: str = ""
    next: tuple[str, ...] = ()
    fallback: Fallback = ()
    standby: bool = False

    @property
    def way(self) -> str:
        """By what the channel is reached."""
        return "teams bot" if self.conversation else self.platform

    @model_validator(mode="after")
    def _has_address(self) -> Self:
        if self.platform == "slack" and not self.channel:
            raise ValueError(
                'channel is missing: the id at the end of the channel\'s details. Example: channel = "C0123456789"'
            )
        if self.platform == "teams" and not (self.url_env or self.conversation):
            raise ValueError(
                'url_env is missing: the variable with the Workflows address. Example: url_env = "TEAMS_IT_URL". '
                'With the bot it is the channel instead. Example: conversation = "19:abc123@thread.tacv2"'
            )
        if self.platform == "email" and not (self.address and self.mailbox):
            raise ValueError(
                "address and mailbox are needed: who is told, and the mailbox that the mail leaves from. "
                'Example: address = "oncall@example.org", mailbox = "alerts"'
            )
        if self.url_env and self.conversation:
            raise ValueError("url_env is a webhook and conversation is the bot: take one of them. "
                             'Example: conversation = "19:abc123@thread.tacv2"')  # fmt: skip
        return self


def destination_faults(tables: Mapping[str, DestinationTable]) -> Iterable[str]:
    """Say which names in ``next`` and ``fallback`` lead nowhere, or back to where they came from."""
    for name, table in tables.items():
        for key, others in (("fallback", table.fallback), ("next", table.next)):
            yield from (
                f"destinations.{name}.{key}: there is no destination {other!r}. Example: [destinations.{other}]"
                for other in others
                if other not in tables
            )
        if name in table.fallback or len(set(table.fallback)) < len(table.fallback):
            rest = [one for one in dict.fromkeys(table.fallback) if one != name]
            yield (
                f"destinations.{name}.fallback: goes in a circle: each name may stand there once, and its own never. "
                f"Example: fallback = {list(rest)}".replace("'", '"')
            )
