"""Moments as seconds and back."""

from datetime import UTC, datetime


def moment(seconds: float) -> datetime:
    """Give the moment of so many seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
