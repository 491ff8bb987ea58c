"""The channels of one company: how each is reached, and what is told where one cannot be."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.outbox.sender import Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """All by name of destination; one value a tenant, replaced as a whole."""

    senders: Mapping[str, Sender] = field(default_factory=dict)
    fallbacks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    neighbours: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Who hears that a destination takes nothing any more, where nobody stood in for it."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints: a destination that is shut is tried at once where its address has changed since."""
    merging: Collection[str] = frozenset()
    """Destinations where nothing can be edited: what waits there is told in one message."""
