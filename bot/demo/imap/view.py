"""A folder as one session sees it."""

from bot.demo.imap.search import Found
from bot.demo.mail.mailbox import Folder, Stored


class View:
    """Keeps sequence numbers steady until the client can be told that they change."""

    def __init__(self, folder: Folder, *, read_only: bool) -> None:
        """See what the folder holds now."""
        self.folder = folder
        self.read_only = read_only
        self._seen: list[Stored] = list(folder.messages)

    @property
    def messages(self) -> Found:
        """What the client knows of, numbered from 1."""
        return list(enumerate(self._seen, start=1))

    def greeting(self) -> list[str]:
        """Give the untagged lines that answer SELECT."""
        return [
            f"{len(self._seen)} EXISTS",
            "0 RECENT",
            "FLAGS (\\Seen \\Deleted \\Flagged \\Answered \\Draft)",
            "OK [PERMANENTFLAGS (\\Seen \\Deleted \\Flagged \\Answered \\Draft \\*)] Kept",
            "OK [UIDVALIDITY 1] Valid",
            f"OK [UIDNEXT {self.folder.uid_next}] Next",
        ]

    def expunge(self) -> None:
        """Drop from the folder what is marked as deleted."""
        self.folder.remove([stored for stored in self._seen if "\\Deleted" in stored.flags])

    def news(self) -> list[str]:
        """Give the untagged lines about what went and came since, and count them as told."""
        here = {stored.uid for stored in self.folder.messages}
        gone = [number for number, stored in self.messages if stored.uid not in here]
        lines = [f"{number} EXPUNGE" for number in reversed(gone)]
        before = len(self._seen) - len(gone)
        self._seen = list(self.folder.messages)
        if len(self._seen) > before:
            lines.append(f"{len(self._seen)} EXISTS")
        return lines
