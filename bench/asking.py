"""A process that asks /mailstatus as Slack does, signed, no request like another, and times each answer.

Reads one question a line of JSON (where, in which channels, how often, over how many connections) and answers each with
a line.
"""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Iterator
from itertools import count, cycle
from typing import TypedDict
from urllib.parse import urlencode

import uvloop


class Question(TypedDict):
    """What to ask."""

    port: int
    path: str
    secret: str
    channels: list[str]
    """Asked in one after the other, and from the first again."""
    connections: int
    requests: int


class Answer(TypedDict):
    """What came of it."""

    milliseconds: list[float]
    seconds: float
    refused: int
    """Answers other than 2xx, and empty ones."""


def requests(question: Question) -> Iterator[bytes]:
    """Make signed requests without end."""
    for number, channel in zip(count(time.time_ns()), cycle(question["channels"]), strict=False):
        body = urlencode(
            {
                "command": "/mailstatus",
                "text": "",
                "team_id": "T0CONTOSO",
                "channel_id": channel,
                "user_id": "U0ANA",
                "user_name": "ana",
                "response_url": "https://hooks.slack.com/commands/T0CONTOSO/1/bench",
                "trigger_id": f"{number}.bench",
            }
        )
        stamp = str(int(time.time()))
        signature = hmac.new(question["secret"].encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        head = (
            f"POST {question['path']} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
        )
        yield (head + body).encode()


async def ask(question: Question) -> Answer:
    """Ask over so many connections at once, each as soon as it has its answer."""
    made = requests(question)
    share = question["requests"] // question["connections"]
    begun = time.perf_counter()
    parts = await asyncio.gather(*(_connection(question["port"], made, share) for _ in range(question["connections"])))
    return {
        "seconds": time.perf_counter() - begun,
        "milliseconds": [one for times, _ in parts for one in times],
        "refused": sum(refused for _, refused in parts),
    }


async def _connection(port: int, made: Iterator[bytes], share: int) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times, refused = [], 0
    for _ in range(share):
        request = next(made)
        begun = time.perf_counter()
        writer.write(request)
        refused += not await _is_answered(reader)
        times.append((time.perf_counter() - begun) * 1e3)
    writer.close()
    await writer.wait_closed()
    return times, refused


async def _is_answered(reader: asyncio.StreamReader) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    body = await reader.readexactly(length)
    return head.startswith(b"http/1.1 2") and bool(body)


async def main() -> None:
    """Answer until the standard input ends."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await ask(json.loads(line))), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
