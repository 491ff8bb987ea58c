"""Files that people write or carry about: settings, recordings, advisories to explain, and pushes of far vantages."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dotenv import dotenv_values

from bot.explain import Broken, explain
from bot.recording import RecordingError, read, recording, write
from bot.settings import SettingsError, load
from bot.settings.installation import Installation
from bot.settings.toml_files import parsed, validated
from bot.types import Observation
from bot.vantage.wire import EPOCH, WireError, read_answer, read_batch, read_refusal
from handlers.vantage.admit import admit
from tests.advisories.samples import TOLD, issue
from tests.fuzz.harness import Read, Reader, plain, whole
from tests.test_recording import HEADER, OBSERVATIONS
from tests.test_settings import BOXES, DESTINATIONS, ROUTES, SECRETS
from tests.vantage.rig import ROUTES as FAR
from tests.vantage.rig import T0, arrived, sent

MARK = "hunter2"
"""Is in every secret of the settings, and may be in no error."""
SETTINGS = (
    b"[[x]]\n", b"[x.", b'"', b"'''", b"=", b"\n", b"[[[[[[", b"a.", b"{a=", b"\xff", b"\0", b"\xef\xbb\xbf", b"${HOME}", b"\r", b"#",
    b"MAILSTATUS_CONFIG=/\n", b"MAILSTATUS_STORE=mysql://hunter2@x\n", b"MAILSTATUS_LISTEN=[::1\n", b"9999999999999d", b"1979-05-27",
    b"MAILSTATUS_GRAPH_URL=https://[x\n", b"MAILSTATUS_TEAMS_SERVICE_URL=http://[::1\n", b"SLACK_BOT_TOKEN=hunter2\n",
)  # fmt: skip
BREAK = b"\n====\n"
"""Stands between mailstatus.toml and .env."""
TABLES = (BOXES + ROUTES + DESTINATIONS).encode()
SOUND = (
    SECRETS.replace("=", f"={MARK}").encode(),
    b"MAILSTATUS_CONFIG=mailstatus.toml\nMAILSTATUS_CLOUD=gcc\n",
    b"",
)
"""What stands in .env, where nothing breaks it: then the other file alone is read, which is faster."""


@contextmanager
def _settings() -> Iterator[Read]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def loaded(raw: bytes) -> None:
            toml, _, dotenv = raw.partition(BREAK)
            (folder / "mailstatus.toml").write_bytes(toml)
            (folder / ".env").write_bytes(dotenv)
            try:
                if dotenv in SOUND and not whole(raw):
                    validated("mailstatus.toml", Installation, parsed("mailstatus.toml", toml))
                else:
                    load(folder)
            except SettingsError as error:
                if not error.lines or not all(": " in line for line in error.lines):
                    raise AssertionError(f"an error names nothing: {error.lines}") from error
                if MARK in str(error) and not _open(toml, folder / ".env"):
                    raise AssertionError("an error shows a secret") from error

        yield loaded


def _open(toml: bytes, dotenv: Path) -> bool:
    """Tell whether the secret was put where nothing is secret: in mailstatus.toml, or in the name of that file."""
    return MARK.encode() in toml or MARK in str(dotenv_values(dotenv, interpolate=False).get("MAILSTATUS_CONFIG"))


def _recording(raw: bytes) -> None:
    found = read(raw.decode("utf-8", "replace").split("\n"))
    for one in found:
        write(one, epoch=found.header.epoch)


def _explained(raw: bytes) -> None:
    for one in explain(raw.decode("utf-8", "replace")):
        _ = str(one) if isinstance(one, Broken) else json.dumps(one)


def _push(raw: bytes) -> None:
    """Take a push as the bot does, up to what would be saved."""
    found = admit(read_batch(raw).items, "tokyo", FAR, taken={}, now=T0)
    for one in (one for seen in found.counted.values() for one in seen):
        json.loads(write(one, epoch=EPOCH))


def _answer(raw: bytes) -> None:
    """Take what stands in for the bot."""
    read_refusal(raw)
    read_answer(raw)


_SEEN: tuple[Observation, ...] = (sent(1), arrived(1))
_LINES = tuple(json.dumps({"n": n, **json.loads(write(one, epoch=EPOCH))}) for n, one in enumerate(_SEEN, 1))

READERS: Mapping[str, Reader] = {
    "settings": Reader(
        opened=_settings,
        seeds=(
            TABLES + BREAK + SOUND[0],
            TABLES,
            b"[rules]\nkeep = '5m'\n" + BREAK + SOUND[1],
        ),
        pieces=SETTINGS,
    ),
    "recordings": Reader(
        opened=plain(_recording, RecordingError),
        seeds=("\n".join(recording(HEADER, OBSERVATIONS)).encode(), next(recording(HEADER, ())).encode()),
    ),
    "explain": Reader(
        opened=plain(_explained),
        seeds=(
            "\n".join(json.dumps(issue(row)) for row in TOLD[60:62]).encode(),
            json.dumps([issue(TOLD[63])]).encode(),
        ),
    ),
    "vantage-pushes": Reader(
        opened=plain(_push, WireError),
        seeds=("\n".join((json.dumps({"version": 1, "offset_s": 0.5}), *_LINES)).encode(), _LINES[0].encode()),
    ),
    "vantage-answers": Reader(
        opened=plain(_answer, WireError),
        seeds=(
            b'{"taken": 1, "received": 5, "answered": 6, "refused": [[1, "x"]], "confirm": ["a"]}',
            b'{"error": "x", "after": 5}',
        ),
    ),
}
