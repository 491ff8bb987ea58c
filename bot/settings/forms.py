"""What the tables of ``mailstatus.toml`` are made of: lengths of time, names of variables, mail servers."""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MOST = timedelta(days=3653)


def length(value: object) -> timedelta:
    """Read a length of time such as ``60s``, ``5m`` or ``1h``."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d{1,9})\s*([smhd])", str(value).strip())
    if not found:
        raise ValueError('is not a length of time. Example: "60s", "5m" or "1h"')
    given = timedelta(seconds=int(found[1]) * UNITS[found[2]])
    if given > MOST:
        raise ValueError('is longer than ten years. Example: "60s", "5m" or "1h"')
    return given


Length = Annotated[timedelta, BeforeValidator(length)]
Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", examples=["OFFICE_PASSWORD"])]


class Table(BaseModel):
    """A table of the file; a misspelt key is a fault, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(Table):
    """A mail server; ``security`` is tls, starttls, or plain on a loopback address."""

    host: str
    port: int
    security: Literal["tls", "starttls", "plain"]


def server(value: object) -> object:
    """Read ``host:port`` with an optional ``tls://``, ``starttls://`` or ``plain://`` in front."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(?:(tls|starttls|plain)://)?([\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})", value)
    if not found:
        raise ValueError('is not a server. Example: "smtp.office365.com:587" or "tls://smtp.gmail.com:465"')
    security = found[1] or ("tls" if found[3] in {"465", "993"} else "starttls")
    if security == "plain" and found[2] not in {"127.0.0.1", "localhost", "[::1]"}:
        raise ValueError(f'would send the password in clear. Example: "starttls://{found[2]}:{found[3]}"')
    return {
        "host": found[2].strip("[]"),
        "port": int(found[3]),
        "security": security,
    }


ServerAddress = Annotated[Server, BeforeValidator(server)]
