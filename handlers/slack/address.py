"""Addresses that Slack gives us to call, and the hosts that they may name; GovSlack has its own."""

from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, ClientResponseError

from bot.egress import Vendor

RESPONSES = Vendor(hosts=("hooks.slack.com", "hooks.slack-gov.com"))
"""Where a person is answered after the ack."""
FILES = Vendor(hosts=("files.slack.com", "files.slack-gov.com"))
"""Where a file's bytes go."""
SOCKETS = Vendor(below=(".slack.com", ".slack-gov.com"), scheme="wss")
"""Where Socket Mode listens: ``wss-primary``, ``wss-backup`` and others."""
MOVED, REFUSED = 300, 400
"""The statuses between these lead elsewhere."""


async def steadfast(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Follow no redirect, also where slack_sdk and aiohttp's websockets cannot be told so; raises ClientError."""
    answer = await handler(request)
    if MOVED <= answer.status < REFUSED:
        answer.close()
        raise ClientResponseError(answer.request_info, answer.history, status=answer.status, message="sent elsewhere")
    return answer
