"""Short answers: what was done, what cannot be, and what to do in a common case."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.types import Claim, Incident, Moment, Severity, Text
from bot.words.answers import Answer, Part, what
from bot.words.catalogue import Catalogue, catalogue
from bot.words.page import PageWords


def guide(command: str, language: str) -> Answer:
    """Say what one can ask and do; ``command`` is how a person begins, such as ``/mailstatus``."""
    words = catalogue(language)
    lines = (
        (command, words.string("How mail is now, and what to do.")),
        (f"{command} details", words.string("Why it rang, and what happened when.")),
        (f"{command} history 7d", words.string("What there was lately.")),
        (f"{command} explain EX123456", words.string("What an advisory of Microsoft's means.")),
        (f"{command} bounced", words.string("What to do about mail that came back.")),
        (f"{command} report …", words.string("Tell us what you see.")),
        (f"{command} subscribe", words.string("Be told by direct message; unsubscribe ends that.")),
        (f"{command} ack", words.string("Say that you are on it.")),
        (f"{command} mute 1h", words.string("Keep an incident quiet for a while; unmute ends that.")),
        (f"{command} part EX123456", words.string("Take an advisory out of an incident; join puts it in.")),
        (f"{command} share", words.string("Show the answer to the whole channel.")),
    )
    return Answer(
        headline=words.text("Ask how mail is."),
        parts=(Part(title=(), lines=tuple((f"{typed}: {does}",) for typed, does in lines)),),
        note=words.text(
            "No number needs to be remembered: the open incident is meant. In a Slack thread no command works."
        ),
        language=language,
    )


def nothing_open(language: str) -> Answer:
    """Answer where an open incident would be needed."""
    return _short(catalogue(language).text("No incident is open, so there is nothing to do here."), language)


def no_such(wanted: str, language: str) -> Answer:
    """Answer where an incident or an advisory is not known."""
    words = catalogue(language)
    return _short(
        words.text("We do not know {wanted}.", wanted=wanted),
        language,
        words.text(
            "It may be older than seven days, or not be listed for us. Ask history or explain without a number."
        ),
    )


def name_one(verb: str, advisories: Sequence[Claim], language: str) -> Answer:
    """Ask which advisory is meant."""
    words = catalogue(language)
    lines = tuple((f"{verb} {claim.reading.id}: {claim.reading.title}",) for claim in advisories)
    headline = (
        words.text("Which advisory do you mean?") if lines else words.text("There is no advisory to choose from.")
    )
    return Answer(headline=headline, parts=(Part(title=(), lines=lines),) if lines else (), language=language)


def nobodys(language: str) -> Answer:
    """Answer where it is not clear whose mail is asked about."""
    words = catalogue(language)
    return _short(
        words.text("We cannot tell whose mail you ask about here."),
        language,
        words.text("Ask in a channel that mailstatus writes to, or ask whoever runs it to add this place."),
    )


def not_allowed(language: str, groups: Sequence[str]) -> Answer:
    """Answer a person who may ask and not change; ``groups`` name those who may, where we know them."""
    words = catalogue(language)
    who = (
        words.text("Members of these Slack user groups may: {groups}.", groups=words.listed(list(groups)))
        if groups
        else words.text("The admin of this bot decides who may.")
    )
    return _short(words.text("You may ask and report here, but not change an incident."), language, who)


def acknowledged(person: str, incident: Incident, language: str) -> Answer:
    """Confirm that a person is on it."""
    words = catalogue(language)
    headline = words.text("{person} is on it: {what}.", person=person, what=_what(incident, words))
    return _short(headline, language)


def muted(incident: Incident, until: datetime, language: str) -> Answer:
    """Confirm that an incident is quiet."""
    words = catalogue(language)
    return _short(
        words.text("Quiet until {when}: {what}.", when=Moment(at=until, with_date=True), what=_what(incident, words)),
        language,
        words.text("The message still changes in place, and the all-clear is still told."),
    )


def bad_length(given: str, most: timedelta, language: str) -> Answer:
    """Answer where a length of time cannot be read or is too long."""
    words = catalogue(language)
    headline = words.text("{given} is not a length of time that we can use.", given=given)
    return _short(
        headline, language, words.text("Write 30m, 2h or 1d; the longest is {length}.", length=words.length(most))
    )


def unmuted(incident: Incident, language: str) -> Answer:
    """Confirm that an incident may ring again."""
    words = catalogue(language)
    return _short(words.text("It rings again: {what}.", what=_what(incident, words)), language)


def parted(advisory: str, language: str) -> Answer:
    """Confirm that an advisory is out of an incident."""
    words = catalogue(language)
    headline = words.text("{advisory} is a story of its own now.", advisory=advisory)
    return _short(headline, language, words.text("join {advisory} puts it back.", advisory=advisory))


def joined(advisory: str, incident: Incident, language: str) -> Answer:
    """Confirm that an advisory is in an incident."""
    words = catalogue(language)
    headline = words.text("{advisory} belongs to this now: {what}.", advisory=advisory, what=_what(incident, words))
    return _short(headline, language, words.text("part {advisory} takes it out again.", advisory=advisory))


def not_yet(language: str) -> Answer:
    """Answer where saving takes longer than a person can be kept waiting."""
    words = catalogue(language)
    return _short(words.text("Not saved yet, I will tell you."), language)


def failed(language: str) -> Answer:
    """Answer where saving did not work."""
    words = catalogue(language)
    return _short(words.text("That could not be saved."), language, words.text("Please try again in a minute."))


def reported(language: str, *, works: bool | None) -> Answer:
    """Thank for a report."""
    words = catalogue(language)
    headline = (
        words.text("Good to know that it works for you.")
        if works
        else words.text("Thank you, we have noted what you see.")
    )
    return _short(headline, language)


def report_what(language: str) -> Answer:
    """Ask for the text of a report."""
    words = catalogue(language)
    return _short(
        words.text("What do you see?"), language, words.text("Write it after the word report, in your own words.")
    )


def heard(language: str) -> Answer:
    """Answer somebody who reports faster than we count."""
    return _short(catalogue(language).text("We have your last report already; one a minute is enough."), language)


def bounced(language: str, *, lasts: bool) -> Answer:
    """Say what to do about mail that came back."""
    words = catalogue(language)
    advice = (
        words.text("Wait with that until we say that it is fixed: it would bounce again.")
        if lasts
        else words.text(
            "Our test messages are not refused now, so you can do that at once. "
            "If it comes back again, check the address and show the notice to your IT."
        )
    )
    headline = words.text("Mail that came back is not delivered: it is lost until you send it again.")
    return _short(headline, language, advice)


def slow(language: str) -> Answer:
    """Say what to do about mail that takes long."""
    words = catalogue(language)
    headline = words.text("Mail that is late still arrives, most of the time.")
    return _short(
        headline,
        language,
        words.text("Do not send it again: it would arrive twice. Use the phone or the chat for what cannot wait."),
    )


def other_product(product: str, listed: Sequence[Claim], language: str) -> Answer:
    """Say what Microsoft lists about a product that we do not test."""
    words = catalogue(language)
    if not listed:
        headline = words.text("Microsoft lists no problem with {product}.", product=product)
        return _short(headline, language, words.text("We test mail alone, so this is Microsoft's word and not ours."))
    return Answer(
        headline=words.counted(
            "Microsoft lists {n} problem with {product}.",
            "Microsoft lists {n} problems with {product}.",
            len(listed),
            product=product,
        ),
        parts=(Part(title=(), lines=tuple((f"{claim.reading.id}: {claim.reading.title}",) for claim in listed)),),
        note=words.text("We test mail alone, so this is Microsoft's word and not ours."),
        language=language,
    )


def not_understood(typed: str, language: str) -> Text:
    """Say that words were not understood, before what is answered all the same."""
    return catalogue(language).text(
        "I do not know “{typed}”, so here is how mail is. Ask help for what I know.", typed=typed
    )


def not_tested(language: str) -> Text:
    """Say that a direction that was asked for is not among those we test."""
    return catalogue(language).text("We send no test messages that way, so here is all that we know.")


def taken_for(command: str, language: str) -> Text:
    """Say what a mistyped word was taken for."""
    return catalogue(language).text("I took that for {command}.", command=command)


def did_you_mean(command: str, language: str) -> Text:
    """Ask whether a mistyped word was meant as one that changes something: it is not done on a guess."""
    return catalogue(language).text("Did you mean {command}? Nothing was changed.", command=command)


def _what(incident: Incident, words: Catalogue) -> str:
    return what(incident, PageWords(words))


def _short(headline: Text, language: str, advice: Text = ()) -> Answer:
    return Answer(headline=headline, severity=Severity.INFO, advice=advice, language=language)


def beside(state: Answer) -> tuple[Part, ...]:
    """Give how mail is as parts of a more special answer."""
    return (Part(title=(), lines=(state.headline,)), *state.parts)
