"""What one process of several does."""

from enum import StrEnum


class Role(StrEnum):
    """Everything, or one half of it: people's side, or Microsoft's."""

    ALL = "all"
    WEB = "web"
    """Page, API, and whatever people do in the chats; answers from memory."""
    WORKER = "worker"
    """Watches a share of the companies, and delivers."""

    @property
    def answers(self) -> bool:
        """Tell whether people are answered from here."""
        return self is not Role.WORKER

    @property
    def watches(self) -> bool:
        """Tell whether companies are watched, and messages delivered, from here."""
        return self is not Role.WEB
