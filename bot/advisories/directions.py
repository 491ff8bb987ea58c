"""Whose mail is hit: what users send, what they receive, both, or only mail between colleagues."""

from bot.advisories.rules import BROAD, Facts, Rule, first
from bot.types import Direction, Symptom

_RECEIVE = r"\breceiv\w*\b(?! (?:\w+ ){0,2}(?:alert|report|signal|indicat|notif|complain))"
"""Mail, not word of a fault."""
_BOTH = (
    r"\bsend, receive\b|\bsend\w*(?:,| mail)?(?: mail)? ?(?:and|or|and/or|&|nor) (?:cannot )?receiv"
    r"|\breceiv\w*(?: mail)? ?(?:and|or|and/or) (?:cannot )?sen[dt]|\bsent (?:and|or|and/or) receiv"
    r"|\b(?:in|out)bound (?:and|or|and/or) (?:in|out)bound|\bincoming (?:and|or|and/or) outgoing"
    r"|\boutgoing (?:and|or) incoming|\bto (?:and|or|and/or) from\b|\bfrom (?:and|or|and/or) to\b"
    r"|\b(?:both|either) (?:directions?|ways)\b"
)
_INTERNAL = (
    r"\bcolleagues\b|\bwithin-org\b|\binternal (?:mail|recipients?|users?|senders?|message)"
    r"|\bbetween (?:users|mailboxes|people|recipients) (?:in|of|within)"
    r"|\b(?:users|recipients|people) in (?:the|their|your) (?:same |own )?(?:organization|tenant|company)"
)
# Who stands outside tells the way: "from external senders" comes in although it was "sent".
_INBOUND = (
    r"\binbound\b|\bincoming\b|\bfrom (?:\w+ )?external\b"
    r"|\b(?:external|gmail|yahoo) (?:\w+ )?(?:senders?|mail servers?|users? send)\b|\bsent by external"
    rf"|\bexternal parties send|{_RECEIVE}[^.]{{0,60}}\b(?:mail|external)\b(?!.{{0,40}}\breport)|\bcannot receive\b"
    r"|\bexternal mail (?:to|that|late|is|may|sent to)\b|\bmail from (?!exchange|our|microsoft|within|inside|users"
    r"|their|the same|colleagues|internal|being|shared|any|\w+ing\b)"
    r"|\b(?:people|senders?|those) (?:who|that) (?:write|send)\b[^.]{0,20}\bto (?:affected )?users"
    r"|\b(?:sent|addressed|destined|bound) (?:to|for) (?:your|the|our|these|such|affected) (?:users|organi|tenant"
    r"|people)|\bcoming in\b|\bfrom (?:\w+ ){0,3}senders?\b"
)
_OUTBOUND = (
    r"\boutbound\b|\boutgoing\b|\bto (?:\w+ )?external\b|\bexternal (?:\w+ )?recipients?\b"
    r"|\bexternal (?:domain|destination)s?\b|\bsend\b|\bsent by users\b|\bcannot reach (?:\w+ )?(?:recipients|people"
    r"|addresses|customers|domains)\b|\b(?:users|they) sen[dt]\b"
    r"|\bsubmi(?:t|ssion)\b|\bleave\b|\boutbox\b|\bsent (?:items|mail)\b|\bto (?:gmail|yahoo|hotmail|outlook\.com)\b"
)

WAYS: tuple[Rule[Direction], ...] = (
    Rule(
        Direction.INBOUND,
        r"\b(?:external (?:senders?|parties|partners?|contacts?|customers?|users?|people|organi[sz]ations?)"
        r"|(?:senders?|people|parties) external"
        r"|(?:people|senders?|those) who (?:write|send))\b[^.]{0,60}\b(?:ndr|bounce|cannot send|reject|fail|late"
        r"|told|refus|[45]\d\d\b)"
        r"|\bndr[^.]{0,40}\bto external senders|\bsend(?:s|ing)? (?:mail )?to (?:us|you|your users)\b",
        "the sender is outside: it is our inbound mail",
    ),
    Rule(Direction.BOTH, _BOTH, "both ways are named together"),
    Rule(Direction.INTERNAL, _INTERNAL, "colleagues alone are named", r"\bexternal\b|\binbound\b|\boutbound\b|spoof"),
    Rule(Direction.BOTH, rf"(?:{_INBOUND}).*\boutbound\b|\boutbound\b.*(?:{_INBOUND})", "each way is named on its own"),
    Rule(
        Direction.INBOUND,
        _INBOUND,
        "it comes from outside",
        r"\bsend (?:\w+ )?mail\b[^.]{0,40}\bto external|\boutbound\b|\bndr\b",
    ),
    Rule(Direction.OUTBOUND, _OUTBOUND, "users send it"),
)
# Of late and misjudged mail: a recipient who is named waits for it. (A report of non-delivery comes to the sender.)
WEAK: tuple[Rule[Direction], ...] = (
    Rule(Direction.INBOUND, rf"{_RECEIVE}|\barriv|\binbox|\brecipients?\b|\bmissing mail", "users wait for it"),
)

# Of one program that can be used, and yet mail does not leave it or show in it.
ONE_CLIENT: tuple[Rule[Direction], ...] = (
    Rule(
        Direction.OUTBOUND,
        r"\bcannot (?:use )?(?:send|submit|reply|forward)\b|\b(?:send|submission)\b[^.]{0,80}\bfail",
        "nothing leaves the program",
        rf"{_BOTH}|\bcannot (?:access|open|connect)\b|{_RECEIVE}",
    ),
    Rule(
        Direction.INBOUND,
        r"\bcannot (?:see|get|receive|view) (?:any )?(?:new )?mail\b",
        "new mail does not show in the program",
        r"\bsend|\bcannot (?:access|open|connect)\b|\bshared\b|\bnotif",
    ),
)

# Symptoms that touch no mail flow, and those that need no word to tell the way.
FIXED = {
    Symptom.CANNOT_ACCESS_MAILBOX: Direction.NONE,
    Symptom.CLIENT_ONLY: Direction.NONE,
    Symptom.SEARCH_BROKEN: Direction.NONE,
    Symptom.CALENDAR_STALE: Direction.NONE,
    Symptom.ADMIN_ONLY: Direction.NONE,
    Symptom.OTHER: Direction.NONE,
    Symptom.SPAM_MISSED: Direction.INBOUND,
}
# Where nothing tells: what one sends bounces or fails; late or misjudged mail may be any.
UNTOLD = {
    Symptom.SEND_FAILS: Direction.OUTBOUND,
    Symptom.BOUNCED: Direction.OUTBOUND,
}


def direction(facts: Facts, symptom: Symptom) -> Direction:
    """Name the direction that a symptom has; the shortest text that tells decides."""
    if symptom is Symptom.CLIENT_ONLY and not BROAD.holds(facts.what):
        rule = first(ONE_CLIENT, facts.title) or first(ONE_CLIENT, facts.impact)
        return rule.value if rule else Direction.NONE
    if symptom in FIXED:
        return FIXED[symptom]
    # The scope names senders or recipients, the explanation may name both in passing.
    ways = WAYS if symptom in UNTOLD else (*WAYS, *WEAK)
    texts = sorted((facts.title, facts.impact, facts.scope, facts.more, facts.status), key=BROAD.holds)
    found = next((rule.value for text in texts if (rule := first(ways, text))), None)
    found = found or UNTOLD.get(symptom, Direction.BOTH)
    # Nobody sends what comes in: a failure of Send is outbound however the text goes on.
    return Direction.OUTBOUND if symptom is Symptom.SEND_FAILS and found is Direction.INBOUND else found
