"""Ports that can be shut."""

import asyncio

import pytest

from bot.demo.mail.entrance import Entrance


class Greeter(asyncio.Protocol):
    """Greets and stays."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(b"hello\n")


async def visit(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect."""
    return await asyncio.open_connection("127.0.0.1", port)


async def test_a_visitor_is_greeted_and_counted() -> None:
    """Until it leaves."""
    entrance = Entrance(Greeter)
    await entrance.open()
    reader, writer = await visit(entrance.port)
    assert await reader.readline() == b"hello\n"
    assert entrance.visitors == 1
    entrance.shut()
    assert entrance.visitors == 0
    writer.close()


async def test_a_shut_door_refuses_and_closes_and_opens_again_at_the_same_port() -> None:
    """As a server that was restarted."""
    entrance = Entrance(Greeter)
    await entrance.open()
    port = entrance.port
    reader, writer = await visit(port)
    await reader.readline()
    entrance.shut()
    assert await reader.readline() == b""
    with pytest.raises(ConnectionRefusedError):
        await visit(port)
    await entrance.open()
    again, other = await visit(port)
    assert await again.readline() == b"hello\n"
    entrance.shut()
    writer.close()
    other.close()


async def test_hanging_up_is_not_refusing() -> None:
    """The connection is made and then closed without a word."""
    entrance = Entrance(Greeter)
    await entrance.open()
    entrance.hangs_up = True
    reader, writer = await visit(entrance.port)
    assert await reader.read() == b""
    entrance.shut()
    writer.close()


async def test_shutting_and_opening_twice_is_no_harm() -> None:
    """The second time changes nothing."""
    entrance = Entrance(Greeter)
    entrance.shut()
    await entrance.open()
    port = entrance.port
    await entrance.open()
    assert entrance.port == port
    entrance.shut()
    entrance.shut()
