"""One advisory in plain words: what is wrong, what to do, and where it stands."""

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.types import Action, AdvisoryState, Client, Direction, Reading, Symptom, Text, Topic
from bot.words import advisory_tables as tables
from bot.words.catalogue import Catalogue, catalogue, mark
from bot.words.safe import name_of

VENDOR = "Microsoft"
_BY_MAIL = frozenset((Symptom.SEND_FAILS, Symptom.BOUNCED, Symptom.DELAYED, Symptom.QUARANTINED, Symptom.SPAM_MISSED))
_SENT_AS = (Action.RETRY_LATER, Symptom.SEND_FAILS)
_OPENED = frozenset((Symptom.CLIENT_ONLY, Symptom.CANNOT_ACCESS_MAILBOX))
_OF_OPENED = frozenset((Topic.SHARED_MAILBOX, Topic.ENCRYPTED, Topic.LARGE, Topic.ATTACHMENTS))
_ONE_WAY = {Direction.INBOUND: tables.FROM_OUTSIDE, Direction.OUTBOUND: tables.TO_OUTSIDE}
_OVER = frozenset((AdvisoryState.RESOLVED, AdvisoryState.FALSE_ALARM))
MOST_PARTIES = 3
MOST_TITLE = 150
_PEOPLE = re.compile(r"^(?:some |any |all |a subset of |a small number of )?users\b'?", re.IGNORECASE)
_MARKS = re.compile(r"[^\w\s.,;:'/-]+")
_JARGON = re.compile(
    r"impact|affected|infrastructure|telemetry|mitigat|remediat|degrad|\bndr|non-delivery|users'|some users",
    re.IGNORECASE,
)


def explain(reading: Reading, *, language: str = "en") -> str:
    """Say in about sixty words what an advisory means for people who use mail."""
    words = catalogue(language)
    told = words.joined(*_sentences(reading, words))
    return "".join(str(part) for part in told)


def _sentences(reading: Reading, words: Catalogue) -> Iterator[Text]:
    if Topic.ANNOUNCEMENT in reading.topics:
        yield words.text("This announces a change, such as a new feature. Nothing is broken.")
        yield words.text(tables.DO[Action.NOTHING])
    elif reading.state is AdvisoryState.FALSE_ALARM:
        yield words.text("This was a false alarm: {vendor} says that no customer was hit.", vendor=_vendor(reading))
        yield words.text(tables.DO[Action.NOTHING])
    elif not reading.is_mail:
        yield from _elsewhere(reading, words)
    elif reading.state is AdvisoryState.RESOLVED:
        yield from _past(reading, words)
    else:
        yield from _present(reading, words)


def _present(reading: Reading, words: Catalogue) -> Iterator[Text]:
    if reading.state is AdvisoryState.PRE_ALERT:
        yield words.text(
            "{vendor} is checking a possible fault. Nothing is confirmed yet. If it is real:", vendor=_vendor(reading)
        )
    yield wrong(reading, words)
    yield from details(reading, words)
    yield advice(reading, words)
    if reading.state is AdvisoryState.RECOVERING:
        yield words.text("It is getting better.")
    if reading.places:
        places = words.listed([words.string(place) for place in reading.places])
        yield words.text("{vendor} sees it in {places}.", vendor=_vendor(reading), places=places)


def _past(reading: Reading, words: Catalogue) -> Iterator[Text]:
    topical = _first(tables.TOPICAL_WAS, reading.topics) if reading.symptom is Symptom.OTHER else None
    general = tables.WAS.get(reading.symptom)
    if topical or not general:
        yield words.text(topical or mark("A part of mail did not work as it should. This is fixed."))
    else:
        yield words.text(_by(general, reading.direction), clients=_clients(reading.failing, words))
    yield from _which(reading, words)
    if reading.action is Action.RESEND_BOUNCED:
        yield words.text(_by(tables.AFTER_RESEND, reading.direction))
    else:
        yield words.text(tables.AFTER.get(reading.symptom, tables.DO[Action.NOTHING]))


def _elsewhere(reading: Reading, words: Catalogue) -> Iterator[Text]:
    if reading.state in _OVER:
        yield _matter_was(reading, words)
        yield words.text("It is fixed, and it was not about mail.")
        yield words.text(tables.DO[Action.NOTHING])
        return
    yield _matter(reading, words)
    if reading.state is AdvisoryState.PRE_ALERT:
        yield words.text("Nothing is confirmed yet, and nothing says that mail is hit.")
    else:
        yield words.text("It is not about mail.")
    yield words.text(tables.DO[Action.NOTHING])


def _matter(reading: Reading, words: Catalogue) -> Text:
    """Say what is hit where it is not mail."""
    name = name_of(reading.product or reading.service or VENDOR)
    if reading.symptom is Symptom.ADMIN_ONLY:
        return words.text("Only admins notice this, in their own tools and reports ({product}).", product=name)
    if reading.state is AdvisoryState.PRE_ALERT:
        return words.text(
            "{vendor} is checking a possible problem with {product}.", vendor=_vendor(reading), product=name
        )
    if Topic.NOTICES in reading.topics:
        return words.text("Notifications and alerts from {product} are late or missing.", product=name)
    if Topic.SIGN_IN in reading.topics:
        return words.text("People have trouble when they sign in to {product}.", product=name)
    if name == _vendor(reading):
        return words.text("{vendor} reports a problem.", vendor=name)
    return words.text("{vendor} reports a problem with {product}.", vendor=_vendor(reading), product=name)


def _matter_was(reading: Reading, words: Catalogue) -> Text:
    name = name_of(reading.product or reading.service or VENDOR)
    if reading.symptom is Symptom.ADMIN_ONLY:
        return words.text("Only admins noticed this, in their own tools and reports ({product}).", product=name)
    if Topic.NOTICES in reading.topics:
        return words.text("Notifications and alerts from {product} were late or missing.", product=name)
    if Topic.SIGN_IN in reading.topics:
        return words.text("People had trouble when they tried to sign in to {product}.", product=name)
    return words.text("{vendor} reported a problem with {product}.", vendor=_vendor(reading), product=name)


def wrong(reading: Reading, words: Catalogue) -> Text:
    """Say what is wrong, as exactly as the advisory does."""
    if (reading.symptom, reading.action) == (Symptom.CALENDAR_STALE, Action.USE_ANOTHER_CLIENT) and reading.failing:
        return words.text(tables.ONE_CALENDAR, clients=_clients(reading.failing, words))
    topical = next((s for t in reading.topics if (s := tables.TOPICAL.get((reading.symptom, t)))), None)
    if topical:
        return words.text(topical)
    if reading.symptom is Symptom.CLIENT_ONLY and Topic.FUNCTION in reading.topics:
        return _function(reading, words)
    if reading.symptom is Symptom.SEND_FAILS and reading.action is Action.RESEND_BOUNCED:
        return words.text(tables.RETURNED)
    general = tables.NOW.get(reading.symptom)
    if general:
        return words.text(_by(general, reading.direction), clients=_clients(reading.failing, words))
    return _unnamed(reading, words)


def _function(reading: Reading, words: Catalogue) -> Text:
    """Say which function fails in one program: in the vendor's words where they are plain and name the program."""
    if Topic.NOTICES in reading.topics:
        return words.text(tables.NO_NOTICES, clients=_clients(reading.failing, words))
    if _title_tells(reading):
        return _unnamed(reading, words)
    return words.text(tables.ONE_FUNCTION, clients=_clients(reading.failing, words))


def _title_tells(reading: Reading) -> bool:
    """Tell whether the vendor's title is plain and names the function and the program."""
    title = reading.title.lower()
    printed = all(any(word in title for word in tables.PRINTED[client]) for client in reading.failing)
    one = Topic.FUNCTION in reading.topics and Topic.NOTICES not in reading.topics
    return one and printed and not _JARGON.search(_people(reading.title))


def _people(title: str) -> str:
    """Turn the vendor's users into people."""
    return _PEOPLE.sub(lambda found: "people's" if found[0].endswith("'") else "people", title)


def _unnamed(reading: Reading, words: Catalogue) -> Text:
    """Give the vendor's title where no sentence of ours fits, unless it is in the vendor's own language."""
    title = _people(" ".join(_MARKS.sub(" ", reading.title).split())).strip(" .")[:MOST_TITLE]
    if not title or _JARGON.search(title):
        return words.text("{vendor} reports a problem with a part of mail.", vendor=_vendor(reading))
    return words.text("{vendor} says about mail: {title}.", vendor=_vendor(reading), title=title)


def details(reading: Reading, words: Catalogue) -> Iterator[Text]:
    """Say what the advisory says more: the error, how late, which mail."""
    if reading.codes and reading.symptom in (Symptom.SEND_FAILS, Symptom.BOUNCED):
        yield words.text("The error is {code}.", code=reading.codes[0])
    if reading.lateness:
        yield words.text(
            "{vendor} names delays of {length}.", vendor=_vendor(reading), length=words.length(reading.lateness)
        )
    yield from _which(reading, words)
    for (topic, symptoms), hint in tables.HINTS.items():
        if topic in reading.topics and reading.symptom in symptoms:
            yield words.text(hint)


def _which(reading: Reading, words: Catalogue) -> Iterator[Text]:
    """Say which mail it is."""
    topics = [topic for topic in reading.topics if topic is not Topic.OUTSIDE or _outside(reading)]
    if reading.symptom in _OPENED and _title_tells(reading):
        topics = []
    elif reading.symptom in _OPENED:
        topics = [topic for topic in topics if topic in _OF_OPENED]
    elif reading.symptom not in _BY_MAIL:
        topics = []
    topic = next((topic for topic in topics if topic in tables.ABOUT), None)
    if topic and not any((reading.symptom, topic) in tables.TOPICAL for topic in reading.topics):
        outside = _ONE_WAY.get(reading.direction) if topic is Topic.OUTSIDE else None
        yield words.text(outside or tables.ABOUT[topic])
    if reading.parties and reading.symptom in _BY_MAIL:
        about_them = tables.THEIRS.get(reading.direction, tables.THEIRS[tables.ANY])
        yield words.text(about_them, parties=words.listed(reading.parties[:MOST_PARTIES]))


def _outside(reading: Reading) -> bool:
    """Tell whether it is news that the other side is outside."""
    inbound_bounce = (reading.symptom, reading.direction) == (Symptom.BOUNCED, Direction.INBOUND)
    judged = reading.symptom in (Symptom.QUARANTINED, Symptom.SPAM_MISSED)
    return not (reading.parties or inbound_bounce or judged)


def advice(reading: Reading, words: Catalogue) -> Text:
    """Say what to do while it lasts."""
    if reading.action is Action.USE_ANOTHER_CLIENT:
        return words.text(tables.DO[reading.action], clients=_clients(_instead(reading), words))
    if (reading.action, reading.symptom) == _SENT_AS and Topic.SHARED_MAILBOX in reading.topics:
        return words.text(tables.SEND_AS_SELF)
    by_topic = next((s for t in reading.topics if (s := tables.DO_TOPIC.get((reading.action, t)))), None)
    by_symptom = tables.DO_ABOUT.get((reading.action, reading.symptom, reading.direction))
    return words.text(by_topic or by_symptom or tables.DO[reading.action])


def _instead(reading: Reading) -> tuple[Client, ...]:
    """Give ways to the mailbox that the vendor says work; the usual ones where it names none."""
    usual = (client for client in (Client.WEB, Client.DESKTOP, Client.PHONE) if client not in reading.failing)
    return reading.working or tuple(usual)


def _clients(clients: Iterable[Client], words: Catalogue) -> str:
    return words.listed([words.string(tables.CLIENTS[client]) for client in clients])


def _by(sentences: Mapping[Direction, str], direction: Direction) -> str:
    return sentences.get(direction) or sentences[tables.ANY]


def _first(sentences: Mapping[Topic, str], topics: Iterable[Topic]) -> str | None:
    return next((sentences[topic] for topic in topics if topic in sentences), None)


def _vendor(reading: Reading) -> str:
    """Name whose word it is; public status pages are sources by their own name."""
    return VENDOR if reading.source.lower().startswith(VENDOR.lower()) else name_of(reading.source)
