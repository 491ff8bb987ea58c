"""What a person is told about being told in person."""

from enum import StrEnum

from bot.types import Direction, QuietHours, Subscription, Text
from bot.words.answers import Answer, Part
from bot.words.catalogue import Catalogue, catalogue, mark
from bot.words.page import PageWords


class Choice(StrEnum):
    """A short name beside a control, in English, as the catalogues know it."""

    TITLE = mark("My subscriptions")
    NOTHING = mark("Do not tell me")
    EVERYTHING = mark("Everything")
    NO_QUIET = mark("No quiet hours")


def choice(name: Choice, language: str) -> str:
    """Name a control."""
    return catalogue(language).string(name)


def state(subscription: Subscription | None, language: str) -> Text:
    """Say in a line or two what a person is told."""
    words = catalogue(language)
    if subscription is None:
        return words.text("You are not told in person. Choose what you want to hear of, by direct message.")
    return words.joined(_told(subscription, words), _quiet(subscription.quiet, words))


def subscribed(subscription: Subscription, language: str) -> Answer:
    """Confirm what a person is told."""
    words = catalogue(language)
    return Answer(
        headline=_told(subscription, words),
        parts=(Part(title=(), lines=(_quiet(subscription.quiet, words), _how(words))),),
        language=language,
    )


def shown(subscription: Subscription | None, language: str) -> Answer:
    """Say what a person is told, who asked for it."""
    if subscription:
        return subscribed(subscription, language)
    return Answer(headline=state(None, language), advice=_how(catalogue(language)), language=language)


def ended(language: str) -> Answer:
    """Confirm that a person is told nothing any more."""
    words = catalogue(language)
    return Answer(
        headline=words.text("You are no longer told in person."),
        advice=words.text("subscribe begins again. Channels are told as before."),
        language=language,
    )


def full(language: str) -> Answer:
    """Answer where there is no room for one more."""
    words = catalogue(language)
    return Answer(
        headline=words.text("So many people are told in person that there is no room for one more."),
        advice=words.text("Ask your admin for a channel: one serves everybody."),
        language=language,
    )


def impossible(language: str) -> Answer:
    """Answer where the platform cannot reach a person alone."""
    words = catalogue(language)
    return Answer(
        headline=words.text("This chat cannot reach a person alone, so nobody can subscribe here."), language=language
    )


def bad_hours(language: str) -> Answer:
    """Answer where quiet hours cannot be read."""
    words = catalogue(language)
    return Answer(
        headline=words.text("These quiet hours cannot be read. Nothing was changed."),
        advice=words.text("Write: {example}", example="subscribe quiet 22:00-07:00 Europe/Berlin"),
        language=language,
    )


def _told(subscription: Subscription, words: Catalogue) -> Text:
    page = PageWords(words)
    ways = [page.direction(way) for way in Direction if way in subscription.directions]
    if not ways:
        return words.text("You are told everything by direct message.")
    return words.text("You are told by direct message about: {ways}.", ways=words.listed(ways))


def _quiet(hours: QuietHours | None, words: Catalogue) -> Text:
    if hours is None:
        return words.text("No quiet hours are set.")
    return words.text(
        "Quiet from {start} to {end} ({zone}); what is severe comes all the same.",
        start=f"{hours.start:%H:%M}",
        end=f"{hours.end:%H:%M}",
        zone=hours.zone,
    )


def _how(words: Catalogue) -> Text:
    return words.text(
        "Change it: {examples}.",
        examples=words.listed(["subscribe outbound", "subscribe all", "subscribe quiet 22:00-07:00", "unsubscribe"]),
    )
