"""Slack's files: an address is asked for, the bytes are sent there, and then the file is shown in a thread."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, kw_only=True)
class SlackFile:
    """An uploaded file; ``content`` is empty until its bytes came."""

    id: str
    name: str
    alt: str
    length: int
    title: str = ""
    content: bytes = b""

    def shown(self) -> dict[str, Any]:
        """Give it as the Web API does."""
        return {"id": self.id, "name": self.name, "title": self.title, "alt_txt": self.alt, "mimetype": "image/png"}


class Files:
    """What was uploaded to a workspace, by id."""

    def __init__(self) -> None:
        """Begin with none."""
        self._files: dict[str, SlackFile] = {}

    def announce(self, name: str, length: int, alt: str) -> SlackFile:
        """Make room for a file."""
        file = SlackFile(id=f"F{len(self._files) + 1:07}", name=name, alt=alt, length=length)
        self._files[file.id] = file
        return file

    def put(self, id_: str, content: bytes) -> bool:
        """Take a file's bytes; False where none of this id and length was announced."""
        file = self._files.get(id_)
        if file is None or len(content) != file.length:
            return False
        file.content = content
        return True

    def named(self, given: object) -> list[SlackFile] | None:
        """Find the files that a call lists as JSON, and title them; None where one is not there or has no bytes."""
        try:
            listed = json.loads(given) if isinstance(given, str) else given
        except ValueError:
            return None
        if not isinstance(listed, list) or not listed:
            return None
        found = [self._titled(one) for one in listed if isinstance(one, Mapping)]
        return [file for file in found if file] if len(found) == len(listed) and all(found) else None

    def get(self, id_: str) -> SlackFile | None:
        """Find a file."""
        return self._files.get(id_)

    def _titled(self, one: Mapping[str, Any]) -> SlackFile | None:
        file = self._files.get(str(one.get("id")))
        if file is None or not file.content:
            return None
        file.title = str(one.get("title") or file.name)
        return file
