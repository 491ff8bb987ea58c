"""Commands as they come over the wire."""

import asyncio

import pytest

from bot.demo.imap.wire import Argument, Command, WireError, is_set, numbers, read_command, text


async def read(*pieces: bytes) -> tuple[Command | None, int]:
    """Read one command from what a client sends; gives how often more was asked for, too."""
    reader, asked = asyncio.StreamReader(), 0

    async def more() -> None:
        nonlocal asked
        asked += 1

    for piece in pieces:
        reader.feed_data(piece)
    reader.feed_eof()
    return await read_command(reader, more), asked


@pytest.mark.parametrize(
    ("line", "args"),
    [
        pytest.param(b"a1 NOOP\r\n", [], id="none"),
        pytest.param(b'a1 login "ana" "p\\"w \\\\"\r\n', ["ana", 'p"w \\'], id="quoted"),
        pytest.param(b'a1 LOGIN "" x\r\n', ["", "x"], id="an empty string"),
        pytest.param(
            b"a1 STORE 1:3 +FLAGS (\\Deleted \\Seen)\r\n", ["1:3", "+FLAGS", ["\\Deleted", "\\Seen"]], id="list"
        ),
        pytest.param(b"a1 SEARCH OR (NOT SEEN) (ALL)\r\n", ["OR", ["NOT", "SEEN"], ["ALL"]], id="two lists"),
        pytest.param(
            b"a1 FETCH 1 (UID BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)]<0.99>)\r\n",
            ["1", ["UID", "BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)]<0.99>"]],
            id="blanks inside a section",
        ),
    ],
)
async def test_arguments(line: bytes, args: list[Argument]) -> None:
    """Atoms, strings and lists."""
    command, _ = await read(line)
    assert command is not None
    assert command.args == args


async def test_a_literal_is_asked_for_and_read() -> None:
    """Byte by byte, whatever is in it."""
    command, asked = await read(b"a1 LOGIN {3}\r\n", b'a"b {2+}\r\n', b"pw\r\n")
    assert command == Command(tag="a1", name="LOGIN", args=['a"b', "pw"])
    assert asked == 1


async def test_the_end_is_no_command() -> None:
    """A client may simply go."""
    assert (await read())[0] is None


@pytest.mark.parametrize(
    "line",
    [b"\r\n", b"a1\r\n", b"(a1) NOOP\r\n", b"a1 X (\r\n", b"a1 X )\r\n", b'a1 X "open\r\n', b"a1 X {9999999}\r\n"],
)
async def test_nonsense_is_refused(line: bytes) -> None:
    """And crashes nothing."""
    with pytest.raises(WireError):
        await read(line)


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [("1", [1]), ("2:4", [2, 4]), ("4:2", [2, 4]), ("1,7", [1, 7]), ("7:*", [7]), ("9:*", [7]), ("*", [7]), ("3", [])],
)
def test_sets_of_numbers(expression: str, chosen: list[int]) -> None:
    """The star is the highest there is, and a range may be written backwards."""
    assert numbers(expression, [1, 2, 4, 7]) == chosen


def test_what_is_a_set_and_what_is_not() -> None:
    """Search keys are told apart by it."""
    assert is_set("1:3,7:*")
    assert not is_set("UNSEEN")
    with pytest.raises(WireError):
        numbers("1:x", [1])
    with pytest.raises(WireError):
        text(["a", "list"])
