"""Answers that were given already: many ask the same at the same time, when mail is down."""

from collections.abc import Callable

from bot.types import Snapshot
from bot.words.answers import Answer
from handlers.asked import Asked

MOST = 200


class Remembered:
    """Answers by what was asked, of one snapshot; the next one begins afresh."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._snapshot: Snapshot | None = None
        self._said: dict[tuple[str, str, str | None], Answer] = {}

    def answer(self, snapshot: Snapshot, asked: Asked, make: Callable[[], Answer]) -> Answer:
        """Give the answer that was given before, or make it."""
        if snapshot is not self._snapshot or len(self._said) >= MOST:
            self._snapshot, self._said = snapshot, {}
        key = (asked.text, asked.language, asked.incident)
        if key not in self._said:
            self._said[key] = make()
        return self._said[key]
