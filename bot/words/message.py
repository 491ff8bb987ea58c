"""A change in words: what is wrong, what to do, the facts, the vendor's word, how we know."""

from bot.types import Change, Message, Moment, Reason, Severity, Text
from bot.words import sight
from bot.words.advice import advice
from bot.words.catalogue import Catalogue, catalogue
from bot.words.facts import basis, facts
from bot.words.headlines import headline
from bot.words.vendor import vendor


def tell(change: Change, *, language: str = "en") -> Message:
    """Say a change in whole sentences of a language."""
    words = catalogue(language)
    incident = change.incident
    if incident is None:
        said = sight.parts(change, words)
    else:
        said = (
            headline(change, incident, words),
            advice(change, incident, words),
            facts(change, incident, words),
            vendor(change, incident, words),
            basis(change, incident, words),
        )
    head, do, numbers, claims, how = said
    return Message(
        at=change.at,
        reason=change.reason,
        severity=_severity(change),
        headline=head,
        advice=do,
        facts=numbers,
        vendor=claims,
        basis=how,
        language=words.language,
        incident=incident.id if incident else None,
        tenant=change.tenant,
    )


def plain(message: Message) -> str:
    """Give a message as text, a paragraph a part, with times in UTC."""
    words = catalogue(message.language)
    parts = (message.headline, message.advice, words.joined(*message.facts), message.vendor, message.basis)
    return "\n".join(text(part, words) for part in parts if part)


def text(part: Text, words: Catalogue) -> str:
    """Write a part of a message with times in UTC."""
    return "".join(words.moment(piece) if isinstance(piece, Moment) else piece for piece in part)


def _severity(change: Change) -> Severity:
    if change.incident:
        return change.incident.severity
    return Severity.GOOD if change.reason is Reason.SEES_AGAIN else Severity.INFO
