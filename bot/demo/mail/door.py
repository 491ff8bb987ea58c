"""A provider's servers in one region."""

import asyncio
from collections.abc import Sequence

from bot.demo.authority import Authority
from bot.demo.imap.session import Session
from bot.demo.mail.entrance import Entrance
from bot.demo.mail.keys import Keys
from bot.demo.mail.network import Network
from bot.demo.mail.smtp import Submission, submission_protocol

_IMAP_LINE_LIMIT = 2**17


class Door:
    """Submission and IMAP of one provider in one region: with an authority by STARTTLS and TLS."""

    def __init__(self, hostname: str, *, network: Network, keys: Keys, authority: Authority | None) -> None:
        """Serve the accounts that ``keys`` open; nothing listens yet."""
        submission = Submission(network, keys)
        context = authority.server_context() if authority else None
        self.smtp = Entrance(lambda: submission_protocol(submission, hostname, context))
        self.imap = Entrance(lambda: _imap_protocol(keys), context)

    @property
    def entrances(self) -> Sequence[Entrance]:
        """Both servers."""
        return self.smtp, self.imap

    async def open(self) -> None:
        """Listen, for the first time or again."""
        for entrance in self.entrances:
            await entrance.open()

    def shut(self) -> None:
        """Refuse connections and reset those that are open."""
        for entrance in self.entrances:
            entrance.shut()

    def hang_up(self, *, on: bool) -> None:
        """Close connections without a word from now on, or greet them again."""
        for entrance in self.entrances:
            entrance.hangs_up = on


def _imap_protocol(keys: Keys) -> asyncio.StreamReaderProtocol:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Session(reader, writer, keys).run()
        finally:
            writer.close()

    return asyncio.StreamReaderProtocol(asyncio.StreamReader(limit=_IMAP_LINE_LIMIT), serve)
