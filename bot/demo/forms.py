"""Web forms as API clients send them."""

from urllib.parse import parse_qsl

from starlette.requests import Request


async def form(request: Request) -> dict[str, str]:
    """Read a URL-encoded body; empty for any other."""
    if not request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    body = (await request.body()).decode(errors="replace")
    return dict(parse_qsl(body, keep_blank_values=True))
