"""Names of buttons and parts of a message, and what is said about its delivery."""

from enum import StrEnum

from bot.types import Reading, Text
from bot.words.catalogue import catalogue
from bot.words.safe import id_of


class Label(StrEnum):
    """A short name, in English, as the catalogues know it."""

    TO_DO = "What to do:"
    ACK = "I'm on it"
    MUTE = "Mute 1 h"
    DETAILS = "Details"
    WORKS = "It works for me"
    FAILS = "It fails for me too"
    EARLIER = "What was said before"
    WAITED = "This waited to be told:"


def label(name: Label, language: str) -> str:
    """Name a button or a part of a message."""
    return catalogue(language).string(name)


def incident_name(incident: str, language: str) -> Text:
    """Name an incident by its number, as commands know it."""
    return catalogue(language).text("Incident {id}", id=id_of(incident))


def gone_note(language: str) -> Text:
    """Say why an incident has a second first message."""
    return catalogue(language).text("The first message about this is gone. This one takes its place.")


def doubt_note(platform: str, reading: Reading, language: str) -> Text:
    """Say why a destination is told what another one may not be shown."""
    name, words = platform.capitalize(), catalogue(language)
    vendor = "Slack" if reading.service == "Slack" else "Microsoft"
    return words.text(
        "{platform} may not show this, so it is told here too: {vendor} reports a problem with {platform} ({id}).",
        platform=name,
        vendor=vendor,
        id=id_of(reading.id),
    )


def passed_on_note(destination: str, why: str, language: str) -> Text:
    """Say why a destination is told what is meant for another one; ``why`` is for its admin, as doctor says it."""
    said = catalogue(language).text(
        "This is told here because {destination} cannot be reached.", destination=destination
    )
    return (*said, f" ({why})")
