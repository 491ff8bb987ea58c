"""The least that answers a slash command: slack_bolt on Starlette and uvicorn, with a constant answer.

Run as ``python -m bench.bare_bolt``; the signing secret comes on the standard input, the port goes to the output.
"""

import logging
import socket
import sys

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/slack/events"


def app(secret: str) -> Starlette:
    """Make the app."""
    bolt = AsyncApp(process_before_response=True, signing_secret=secret, authorize=_authorize)
    bolt.command("/mailstatus")(_answer)
    handler = AsyncSlackRequestHandler(bolt)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route(PATH, events, methods=["POST"])])


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-bench")  # noqa: S106 - no token


async def _answer(ack: AsyncAck) -> None:
    await ack("Mail is flowing.")


def main() -> None:
    """Serve until killed."""
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    made = app(sys.stdin.readline().strip())
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(made, log_config=None, access_log=False, lifespan="off")).run(sockets=[listening])


if __name__ == "__main__":
    main()
