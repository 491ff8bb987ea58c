"""The buttons under an incident, the same on every platform."""

from collections.abc import Mapping

from bot.words.labels import Label

ACTIONS: Mapping[str, Label] = {
    "ack": Label.ACK,
    "mute": Label.MUTE,
    "details": Label.DETAILS,
    "works": Label.WORKS,
    "fails": Label.FAILS,
}
"""The buttons by the ids of their actions, in the order in which they are shown."""
