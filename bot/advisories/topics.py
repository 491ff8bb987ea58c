"""Which part of mail, which ways to the mailbox, where in the world, and how late."""

import re
from datetime import timedelta

from bot.advisories.rules import Facts, Rule, every
from bot.advisories.vocabulary import compiled
from bot.types import Client, Symptom, Topic

TOPICS: tuple[Rule[Topic], ...] = (
    Rule(
        Topic.RESTRICTED,
        r"restricted (?:entit|user|sender)|bad outbound sender|restricted from send|blocked from send",
        "the account itself is locked",
    ),
    Rule(
        Topic.QUARANTINE_NOTICES,
        r"quarantine (?:notif|notice|digest|summar)|spam notification|\besn\b",
        "notices, not verdicts",
    ),
    Rule(
        Topic.QUARANTINE,
        r"\b(?:release|releasing|view|access|open|preview|see|request)\w*\b[^.]{0,40}\bquarantin"
        r"|\bquarantine (?:page|portal)",
        "the place, not the verdicts",
    ),
    Rule(
        Topic.BLOCK_LIST,
        r"block ?-?lists?\b|blocklist|deny list|client host[^.]{0,20}blocked|spamhaus",
        "theirs, not ours",
    ),
    Rule(
        Topic.ZIP,
        r"\bzip(?:ped|ping)?\b[^.]{0,40}(?:file|archive|attach)|compress\w* (?:the )?(?:attach|file)",
        "a way round",
    ),
    Rule(
        Topic.RESTART,
        r"\brestart(?:ing)? (?:their |the |your )?(?:outlook|client|program|app)",
        "a fix that waits for it",
    ),
    Rule(
        Topic.PROMPTS,
        r"prompt\w*[^.]{0,40}(?:credential|password|sign|authenticat)|(?:credential|password|sign-in) prompts?"
        r"|asked (?:to sign in|for (?:their |a )?(?:password|credentials))",
        "the password is asked for over and over",
    ),
    Rule(Topic.OUTBOX, r"\boutbox\b", "it has not left the program"),
    Rule(
        Topic.SHARED_MAILBOX,
        r"shared mailbox|delegat|send[- ]as\b(?! (?:usual|normal|expected|before))|on behalf of",
        "the own address may work where the shared one does not",
    ),
    Rule(
        Topic.LARGE,
        r"attachments? (?:larger|bigger|greater|over|above|exceeding)|large (?:attachment|message|email|file)"
        r"|message size|\b(?:larger|bigger|greater|more) than \d+ ?(?:mb|megabytes)",
        "small mail passes",
    ),
    Rule(
        Topic.ATTACHMENTS,
        r"\battach(?:ment|ed)|winmail\.dat|\.(?:pdf|docx?|xlsx?|zip|ics)\b",
        "mail without a file passes",
    ),
    Rule(Topic.IMAGES, r"\bimages?\b|\bpictures?\b|\blogos?\b|\bphotos?\b", "mail without a picture passes"),
    Rule(Topic.LINKS, r"\burls?\b|\blinks?\b|hyperlink", "mail without a link passes", r"send a link|link to it"),
    Rule(Topic.FORGED, r"spoof|impersonat|forged", "fake senders"),
    Rule(Topic.FREE_BUSY, r"free[ /]?(?:and |or )?busy|availability|scheduling assistant", "times in the calendar"),
    Rule(Topic.ROOMS, r"\brooms?\b(?! for)|resource (?:mailbox|booking)|places\b", "rooms and equipment"),
    Rule(
        Topic.INVITES,
        r"meeting (?:request|invit|response|update|cancel|forward)|invitations?\b|calendar invit|event invit",
        "invitations",
    ),
    Rule(Topic.CALENDARS, r"\bcalendars?\b", "the calendar in general"),
    Rule(
        Topic.LISTS,
        r"distribution (?:list|group)|mail(?:ing)? lists?|microsoft 365 groups?|dynamic group",
        "mail to many",
    ),
    Rule(Topic.ARCHIVE, r"\barchiv", "old mail"),
    Rule(Topic.ENCRYPTED, r"encrypt|\bome\b|\birm\b|s/mime|sensitivity label", "protected mail"),
    Rule(
        Topic.RULES,
        r"(?:inbox|mailbox|outlook) rules?|\brules? that|mail ?flow rules?|transport rules?|forwarding rules?|sweep",
        "rules",
    ),
    Rule(Topic.AUTO_REPLIES, r"auto(?:matic)?[- ]?repl|out[- ]of[- ]office", "automatic replies"),
    Rule(
        Topic.ADDRESS_BOOK,
        r"address (?:book|list)|\bgal\b|\bcontacts?\b(?! (?:us|your|support|microsoft))",
        "addresses",
    ),
    Rule(Topic.PUBLIC_FOLDERS, r"public folder", "public folders"),
    Rule(Topic.ADD_INS, r"add-?ins?\b", "add-ins"),
    Rule(Topic.DUPLICATES, r"\bduplicat|more than once|multiple copies", "the same mail twice"),
    Rule(
        Topic.PROGRAMS,
        r"authenticated smtp|smtp auth|printers?|scanners?|multifunction|line[- ]of[- ]business",
        "mail that machines send",
    ),
    Rule(
        Topic.OUTSIDE,
        r"\bexternal\b|\boutside\b|\binternet\b(?! message)|gmail|yahoo|third-party",
        "the other side is outside",
    ),
    Rule(
        Topic.NOTICES,
        r"notifications?\b|passcodes?\b|\balerts?\b|digests?\b",
        "mail and messages that services send by themselves",
    ),
    Rule(Topic.SIGN_IN, r"sign[- ]?ins?\b|signing in|log[- ]?ins?\b|authenticat|conditional access", "signing in"),
)

_ANYWHERE = (Topic.RESTRICTED, Topic.BLOCK_LIST, Topic.ZIP, Topic.RESTART, Topic.PROMPTS)
"""Topics that decide what to do wherever they are named."""

_OPEN = frozenset(
    (
        Symptom.OTHER,
        Symptom.CALENDAR_STALE,
        Symptom.BOUNCED,
        Symptom.SEND_FAILS,
        Symptom.QUARANTINED,
        Symptom.ADMIN_ONLY,
    )
)
"""Symptoms that say too little without a topic; of late or refused mail the explanation names many in passing."""

_ANY_OUTLOOK = (
    r"outlook (?:desktop|client|application|app for windows)|(?<!new )outlook for windows"
    r"|desktop (?:client|version|app|outlook|and mobile|or mobile)|\bmapi\b"
)
CLIENTS: tuple[Rule[Client], ...] = (
    Rule(Client.CLASSIC, r"classic outlook|outlook \(classic\)|outlook 20\d\d", "the old program for Windows"),
    Rule(Client.NEW, r"new outlook(?! for mac)|outlook \(new\)", "the new program for Windows"),
    Rule(Client.MAC, r"outlook (?:for|on) mac|mac outlook|\bmacos\b|\bmac (?:client|users)", "Macs"),
    Rule(Client.DESKTOP, _ANY_OUTLOOK, "Outlook on a computer", r"classic outlook"),
    Rule(Client.WEB, r"\bowa\b|outlook on the web|outlook web|web browser|\bbrowser\b", "the browser"),
    Rule(
        Client.PHONE,
        r"outlook mobile|outlook for (?:ios|android)|mobile (?:app|device|client|phone)|\bios\b|iphone|ipad"
        r"|\bandroid\b|\bphones?\b|native mail|apple mail",
        "phones",
    ),
    Rule(Client.ACTIVESYNC, r"activesync|\beas\b", "the protocol of most phones' own mail program"),
    Rule(Client.IMAP, r"\bimap\b", "other mail programs"),
    Rule(Client.POP, r"\bpop\b", "other mail programs"),
)
_BARE = Rule(
    0,
    r"\boutlook\b(?! (?:for|mobile|on|web|features?|services?|functio))",
    "Outlook alone is the program on a computer where the browser is said to work",
)
_WHOLE = Rule(
    0,
    r"\boutlook (?:features?|functions?|functionality|services?|and (?:other|related))"
    r"|\b(?:multiple|various|several|many) (?:microsoft 365|office 365|m365)?\s?services"
    r"|\b(?:microsoft|office) 365 (?:apps and )?services",
    "all of Outlook or the suite is named; a client in the explanation is an example",
)
# Microsoft tells of a way round in these words.
_INSTEAD = (
    r"\b(?:workaround|work[- ]around|alternative(?:ly)?|instead|in the meantime|meanwhile|while we"
    r"|can (?:still )?(?:use|access|open|read|search|find|send|switch|connect|sign)|(?<!not )works?"
    r"|(?<!not )succeeds?|shows? (?:them|it)|unaffected|are right|are correct|up to date"
    r"|not (?:impacted|affected)|unimpacted|available|encourage|recommend|advise|could use|may use|able to)\b"
)

PLACES: tuple[tuple[str, str], ...] = (
    ("North America", r"north america(?!n ex)"),
    ("South America", r"south america|latin america"),
    ("the Americas", r"\bthe americas\b"),
    ("the United States", r"united states|\bu\.s\.|\bthe us\b|\busa\b"),
    ("Canada", r"\bcanada\b"),
    ("Europe", r"\beurope\b|\bemea\b|european (?:region|union|customers|users)|\beurope\w*\b"),
    ("the United Kingdom", r"united kingdom|\bthe uk\b|great britain"),
    ("Germany", r"\bgermany\b"),
    ("France", r"\bfrance\b"),
    ("Switzerland", r"\bswitzerland\b"),
    ("the Middle East", r"middle east|\bemea\b"),
    ("Africa", r"\bafrica\b|\bemea\b"),
    ("Asia Pacific", r"asia[- ]pacific|\bapac\b"),
    ("Japan", r"\bjapan\b"),
    ("India", r"\bindia\b"),
    ("Australia", r"\baustralia\b"),
    ("Brazil", r"\bbrazil\b"),
)
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: n for n, word in enumerate(_WORDS, 1)}
_NUMBERS |= {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "forty-five": 45,
    "sixty": 60,
    "several": 3,
    "a": 1,
    "an": 1,
}
_AMOUNT = rf"(?P<n>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})[ -](?P<unit>minute|min|hour|day)s?\b"
_UNITS = {"minute": 60, "min": 60, "hour": 3600, "day": 86400}
_DELAY = r"delay|\blate\b|longer"
LONGEST_DELAY = timedelta(days=7)


PARTIES = (
    "Adobe|AOL|Apple|Barracuda|Cisco|Comcast|DocuSign|Dropbox|Facebook|Gmail|Google|Hotmail|iCloud|LinkedIn|Mimecast"
)
PARTIES += "|PayPal|Proofpoint|Salesforce|ServiceNow|Spamhaus|SpamCop|Verizon|Yahoo|Zoom"
"""Names that stand in mail advisories as senders, recipients, filters or block lists."""


def topics(facts: Facts, symptom: Symptom) -> tuple[Topic, ...]:
    """Name which parts of mail title and impact say are hit; where that is open, those that the explanation names."""
    named = every(TOPICS, facts.headline)
    open_ = symptom in _OPEN and not named
    told = every(TOPICS, facts.more) if open_ else ()
    anywhere = (topic for topic in every(TOPICS, facts.raw) if topic in _ANYWHERE)
    shared = (topic for topic in every(TOPICS, facts.more) if topic is Topic.SHARED_MAILBOX)
    return tuple(dict.fromkeys((*named, *told, *shared, *anywhere)))


def parties(text: str) -> tuple[str, ...]:
    """Name the companies and mail services that a text as printed names."""
    return tuple(dict.fromkeys(compiled(rf"\b(?:{PARTIES})\b").findall(text)))


def failing(facts: Facts) -> tuple[Client, ...]:
    """Name the ways to the mailbox that title and impact name; else those that the explanation says fail."""
    named = every(CLIENTS, facts.what)
    if not named and _BARE.holds(facts.what) and Client.WEB in every(CLIENTS, facts.relief):
        return (Client.DESKTOP,)
    return () if not named and _WHOLE.holds(facts.what) else named or every(CLIENTS, _harm(facts.more))


def working(facts: Facts, failing: tuple[Client, ...]) -> tuple[Client, ...]:
    """Name the ways to the mailbox that the vendor says can be used instead."""
    told = " ".join(piece for piece in (facts.relief, facts.more, facts.status) if compiled(_INSTEAD).search(piece))
    pieces = [piece for piece in re.split(r"(?<=[.!?]) ", told) if compiled(_INSTEAD).search(piece)]
    return tuple(client for client in every(CLIENTS, " ".join(pieces)) if client not in failing)


def places(facts: Facts) -> tuple[str, ...]:
    """Name the parts of the world that scope, title or impact name."""
    text = f"{facts.scope} {facts.what}"
    return tuple(place for place, pattern in PLACES if compiled(pattern).search(text))


def lateness(facts: Facts) -> timedelta | None:
    """Find the longest delay that stands in a sentence about delay; None where none is named."""
    lengths = [length for sentence in re.split(r"(?<=[.!?]) ", facts.raw) for length in _lengths(sentence)]
    return max(lengths, default=None)


def _lengths(sentence: str) -> list[timedelta]:
    if compiled(_DELAY).search(sentence) is None or compiled(r"\b(?:try|trying|retry)\b").search(sentence):
        return []
    found = (_length(match) for match in compiled(_AMOUNT).finditer(sentence))
    return [length for length in found if length <= LONGEST_DELAY]


def _length(match: re.Match[str]) -> timedelta:
    n = int(match["n"]) if match["n"].isdigit() else _NUMBERS[match["n"]]
    return timedelta(seconds=n * _UNITS[match["unit"]])


def _harm(more: str) -> str:
    pieces = re.split(r"(?<=[.!?]) ", more)
    return " ".join(
        piece
        for piece in pieces
        if compiled(r"\bcannot\b|\bfail|\berror|\bnot\b|\brefus|\breject|\bblock|\bdisconnect|\bprompt").search(piece)
        and not compiled(_INSTEAD).search(piece)
    )
