"""The real mail servers, for those who mail through them."""

from tests.mail.conftest import servers

__all__ = ["servers"]
