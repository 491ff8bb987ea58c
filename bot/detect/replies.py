"""What a refusal's words say: the server's trouble or the canary's own, for a while or for good."""

import re

# The canary's own set-up or limits: login refused, account blocked, mailbox full, sending limits.
_OWN = re.compile(
    r"\b535\b|5\.7\.(3|57|139)\b|\b[45]\.2\.2\b|\b5\.1\.(8|90)\b|4\.3\.2 STOREDRV|"
    r"mailbox (is )?full|quota exceeded|submission quota|too many (messages|connections|login)|"
    r"concurrent connections? limit|recipient rate limit|message rate|\b30 messages\b",
    re.IGNORECASE,
)
_PERMANENT = re.compile(r"^\s*(\[?[A-Z]+\]?\s+)?5\d\d\b|^\s*5\.\d{1,3}\.\d{1,3}\b")


def is_own_trouble(reply: str) -> bool:
    """Tell whether a refusal is about the canary itself, which is no trouble of the mail."""
    return _OWN.search(reply) is not None


def is_permanent(reply: str) -> bool:
    """Tell whether a refusal is final (5xx), which a healthy day hardly ever shows."""
    return _PERMANENT.match(reply) is not None
