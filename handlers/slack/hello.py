"""Whether Slack can be reached over Socket Mode now."""

from handlers.slack.api import SlackApi


async def said_hello(api: SlackApi) -> str:
    """Open one connection and close it; tells what is wrong with it, and raises SlackError where none is given."""
    from aiohttp import ClientError  # noqa: PLC0415 - takes 0.3 s to import, and few use Socket Mode

    from handlers.slack.connection import Limits, connected, opened  # noqa: PLC0415 - as above

    url = await opened(api)
    try:
        async with connected(url, Limits()):
            return ""
    except (ClientError, OSError, TimeoutError, ValueError) as error:
        return f"Slack gave an address and did not say hello there ({type(error).__name__}): do proxies let wss: pass?"
