"""Whose trouble it is: that of people who use mail, of administrators alone, or of another product."""

from enum import StrEnum

from bot.advisories.rules import Facts, Rule, first
from bot.advisories.vocabulary import compiled


class Kind(StrEnum):
    """Whose trouble it is."""

    MAIL = "mail"
    ADMINS = "admins"
    ELSEWHERE = "elsewhere"
    NEWS = "news"
    """An announcement in the shape of an advisory."""


MAIL_WORDS = (
    r"\b(?:mail|mailbox(?:es)?|inbox(?:es)?|outlook|owa|exchange(?: online)?|calendars?|free/busy|quarantin\w*|ndr"
    r"|smtp|imap|junk|gmail|eop|activesync|scheduling assistant|room mailbox\w*|meeting requests?)\b"
)
# Of these, an advisory of the whole suite that names a product must hold one.
_MAIL_PROPER = (
    r"\b(?:mailbox(?:es)?|exchange online|mail ?flow|(?:in|out)bound mail|inbox(?:es)?|outlook|owa|free/busy"
    r"|quarantin\w*|ndr|junk|gmail|smtp|(?:send|receive|deliver)(?: (?:and|or) (?:send|receive))? (?:\w+ ){0,2}mail"
    r"|mail (?:is|are|cannot|late|may|deliver)\w*)\b"
)
# An advisory of another product names Outlook and email in passing; only a misfiled one is about these.
_MAIL_AT_OTHERS = r"\b(?:exchange online|mailbox(?:es)?|mail ?flow|(?:in|out)bound mail)\b(?! connector| action)"

ANNOUNCED: tuple[Rule[Kind], ...] = (
    Rule(
        Kind.NEWS,
        r"^\(updated\)|\bmessage center\b|\bfeature update\b|\bstay informed\b|\bplan for change\b",
        "Message Center has the same shape",
        r"\bmessage center\b[^.]{0,60}\b(?:can)?not\b|\bcannot\b[^.]{0,60}\bmessage center\b",
    ),
    Rule(
        Kind.NEWS,
        r"\b(?:general availability|targeted release|rollout timeline|when this will happen"
        r"|how this affects your organization|what you need to do to prepare|roadmap)\b",
        "headings of announcements",
        r"\bcannot\b[^.]{0,60}\b(?:send|access|open|receive)",
    ),
)

_ADMIN_PLACES = (
    r"\badmin cent(?:er|re)s?\b|\beac\b|\bpower ?shell\b|\bcmdlets?\b|\bmail trace|\bmessage trac(?:e|ing)|\bmigrat"
    r"|\bmailbox(?:es)? (?:mov|import|restor|replicat)\w*|\bmove requests?\b"
    r"|\b(?:usage|activity|audit|security|protection|mail flow|status|threat|summary) reports?\b"
    r"|\breports? (?:data|in the)|\be-?discovery\b|\bcontent search|\bcompliance\b"
    r"|\baudit(?:ing)? (?:log|search|record)|\bpurview\b|\bdlp\b|data loss prevention|\bprovision|\blicen[cs]"
    r"|\bdirectory sync|\bdirsync|\bhybrid configuration|\bdefender portal|\bthreat explorer"
    r"|\bsubmissions? (?:page|portal)|\bretention (?:polic|label|hold)|\bjournal|\b(?:in|out)bound connectors?\b"
    r"|\badmin submission|\battack simulat|\btenant allow|\bgraph api|\bews api|\bsafe attachments polic"
    r"|\bsecurity (?:portal|cent)|\bservice health\b|\bbilling\b|\bdkim (?:key|config)"
    r"|\b(?:accepted|remote|custom|vanity) domains?\b|\bdomain (?:validation|verification)|\b(?:mx|dns|spf) records?\b"
    r"|\b(?:create|provision|restore|convert|disable|remove|delete|enable) (?:\w+ ){0,3}(?:mailbox(?:es)?|connectors?"
    r"|distribution (?:groups?|lists?)|mail contacts?|mail users?|domains?|tenants?)\b|\bsoft-?deleted\b"
    r"|\binactive mailbox|\b(?:litigation|in-place|retention|legal) holds?\b|\bews (?:appl|client|request)"
    r"|\bdeleted mailbox|\brole (?:group|assign)|\bmailbox (?:permission|creation|provision)"
    r"|\binsights\b|\breports? (?:and|or|are|is|may|cannot)\b[^.]{0,50}\b(?:missing|incomplete|inaccurate|incorrect"
    r"|outdated|late|blank|empty|data)\b|\bdkim sign\w* cannot|\b(?:enable|configure|rotate) dkim\b"
    r"|\badvanced hunting\b"
    r"|\bthreat (?:tracker|analytics|intelligence)|\bsecurity operat|\bincident queue|\binvestigations (?:of|in|into"
    r"|may|are)\b|\bsiem\b"
)
ADMIN: tuple[Rule[Kind], ...] = (
    Rule(
        Kind.ADMINS,
        r"^(?:\w+ ){0,3}(?:admins?|administrators?|it admins?|(?:security|soc|helpdesk)"
        r" (?:operators?|analysts?|teams?|staff))\b(?:'s?)?(?! (?:and|or) (?:end )?users?)",
        "the title's subject is administrators",
        r"^users (?:and|or) admins",
    ),
    Rule(
        Kind.ADMINS,
        _ADMIN_PLACES,
        "what fails is where only administrators go, whoever is named",
        r"^(?:\w+ ){0,2}users (?:and|or) admins|^(?:\w+ ){0,2}admins (?:and|or) (?:\w+ )?users",
    ),
)
# Administrators saw it first, and yet it is their users' mail that is held, late or lost.
_USERS_TOO = (
    r"\b(?:mail|messages)[^.]{0,60}\b(?:users?|people)\b[^.]{0,40}\bsend[^.]{0,60}\b(?:spam|quarantin|late|ndr|reject"
    r"|mark)|\busers'? (?:\w+ ){0,3}mail\b[^.]{0,60}\b(?:quarantin|late|ndr|lost|reject|spam|cannot|block|bounc|return"
    r"|refus|encrypt|held)"
    r"|\b(?:users?|recipients?|senders?)\b[^.]{0,30}\b(?:also )?cannot (?:send|receive|access|open)[^.]{0,30}\b(?:mail"
    r"|mailbox|outlook)|\blegitimate[^.]{0,60}\bmail[^.]{0,60}\b(?:spam|quarantin|phish|block)"
    r"|\busers (?:(?:who|that|whose|with|in|of)\b[^.]{0,60} )?cannot (?:\w+ ){0,3}(?:send|receive|access|open|sign"
    r"|use)[^.]{0,30}\b(?:mail\b(?! trac)|exchange online"
    r"|outlook|mailbox)|\busers and admins\b[^.]{0,80}\b(?:outlook|owa|exchange|mailbox)"
    r"|\busers (?:\w+ ){0,3}late\b[^.]{0,30}\b(?:send|receiv|mail)"
)

PRODUCTS: tuple[tuple[str, str], ...] = (
    ("Copilot", r"\bcopilot\b"),
    ("Microsoft Teams", r"\bteams\b"),
    ("SharePoint", r"\bsharepoint\b"),
    ("OneDrive", r"\bonedrive\b"),
    ("Viva Engage", r"\bviva engage\b|\byammer\b"),
    ("Viva", r"\bviva\b"),
    ("Intune", r"\bintune\b"),
    ("Power BI", r"\bpower bi\b"),
    ("Power Platform", r"\bpower (?:platform|apps|automate|pages)\b|\bmicrosoft flow\b"),
    ("Dynamics 365", r"\bdynamics\b"),
    ("Forms", r"\bmicrosoft forms\b|\bforms\b"),
    ("Planner", r"\bplanner\b|\bmicrosoft project\b"),
    ("Stream", r"\bmicrosoft stream\b"),
    ("Bookings", r"\bbookings\b"),
    ("OneNote", r"\bonenote\b"),
    ("To Do", r"\bmicrosoft to[- ]do\b"),
    ("Loop", r"\bmicrosoft loop\b"),
    ("Skype", r"\bskype\b"),
    ("Windows 365", r"\bwindows 365\b"),
    ("Universal Print", r"\buniversal print\b"),
    ("Microsoft Entra", r"\bentra\b|\bazure (?:ad\b|active directory)|\bmulti-?factor\b|\bmfa\b"),
    ("Defender", r"\bdefender\b"),
    ("Purview", r"\bpurview\b"),
    ("Office on the web", r"\boffice (?:for|on) the web\b|\b(?:word|excel|powerpoint)\b"),
    ("Whiteboard", r"\bwhiteboard\b"),
    ("Slack", r"\bslack\b"),
    ("Zoom", r"\bzoom\b"),
    ("GitHub", r"\bgithub\b"),
)

ELSEWHERE: tuple[Rule[Kind], ...] = (
    Rule(
        Kind.ELSEWHERE,
        r"\bcopilot\b",
        "Copilot reads mail, and mail is fine without it",
        r"cannot (?:access|send|receive)[^.]{0,30}(?:mailbox|mail)\b(?![^.]{0,60}copilot)"
        r"|(?:owa|outlook|exchange online)(?:,| and| or)[^.]{0,40}copilot|copilot(?:,| and| or)[^.]{0,30}(?:owa|outlook"
        r"|exchange online)",
    ),
    Rule(
        Kind.ELSEWHERE,
        r"\b(?:notification|alert|digest|reminder|passcode|enrol\w*|invitation|subscription|approval|welcome"
        r"|verification|survey|report|billing|marketing|announcement)s?(?: \w+)? mail\b"
        r"|\bmail (?:notification|alert|digest|reminder|passcode|subscription|summar|invitation|address)\w*"
        r"|\bpasscodes?\b|\bnotifications? from\b",
        "mail that another product sends about itself",
        r"\bquarantin|\bnew mail notification|\bexchange online\b.{0,40}\bcannot (?:send|receive)",
    ),
    Rule(
        Kind.ELSEWHERE,
        r"\b(?:re-?)?activat(?:e|ed|ing|ion)\b|\b(?:un)?install(?:ed|ing|ation)?\b",
        "programs that are not licensed or set up yet",
        r"\bmailbox|\badd-?in|\bcannot (?:send|receive)",
    ),
    Rule(
        Kind.ELSEWHERE,
        r"\bdownstream (?:impact|effect)\w* (?:for|to|on|in)\b(?![^.]*\b(?:exchange|outlook|mail))",
        "what a mail fault does elsewhere has an advisory of its own",
    ),
    Rule(
        Kind.ELSEWHERE,
        r"\bteams (?:meeting|call|channel|chat)|\bdial[- ]?in\b|\bvoice ?mail",
        "telephony and meetings",
        r"\bsend or receive",
    ),
)

_MAIL_SERVICES = r"exchange|outlook|\bmail\b|gmail|calendar|email|fastmail"
_SUITE = (
    r"suite|microsoft 365$|office 365$|^$|m365|(?:microsoft|office) 365 apps|identity|entra|portal|defender|security"
    r"|protection|status"
)
# What the whole suite needs is named, sign-in above all: the explanation lists which services go with it.
_MANY = r"\b(?:multiple|several|many|various|any) (?:microsoft 365|office 365|m365)?\s?services?\b"
_GENERIC_PREFIXES = frozenset(("MO", "DZ", "FO", ""))


def kind(facts: Facts) -> Kind:
    """Tell whose trouble an advisory is."""
    if facts.prefix == "MC" or first(ANNOUNCED, f"{facts.what} {facts.more}"):
        return Kind.NEWS
    if _admins_alone(facts):
        return Kind.ADMINS
    return _at_home(facts) if _home(facts) else _abroad(facts)


def _admins_alone(facts: Facts) -> bool:
    named = first(ADMIN, facts.title) or first(ADMIN, facts.impact)
    return named is not None and compiled(_USERS_TOO).search(f"{facts.what} {facts.more}") is None


def product(facts: Facts) -> str:
    """Name the product that is hit, from title and impact, else from the service; empty where none is known."""
    return _named(facts.title, facts.impact, facts.service)


def _named(*texts: str) -> str:
    found = (name for text in texts for name, pattern in PRODUCTS if compiled(pattern).search(text))
    return next(found, "")


def _home(facts: Facts) -> bool:
    """Tell whether the record is kept under a service for mail."""
    return compiled(_MAIL_SERVICES).search(facts.service) is not None or facts.prefix == "EX"


def _at_home(facts: Facts) -> Kind:
    other = first(ELSEWHERE, facts.what)
    if other and product(facts):
        return Kind.ELSEWHERE
    named = compiled(MAIL_WORDS).search(f"{facts.what} {facts.more}") or not product(facts)
    return Kind.MAIL if named else Kind.ELSEWHERE


def _abroad(facts: Facts) -> Kind:
    if first(ELSEWHERE, facts.what):
        return Kind.ELSEWHERE
    suite = facts.prefix in _GENERIC_PREFIXES or compiled(_SUITE).search(facts.service) is not None
    own = _named(facts.title, facts.impact)
    if suite and not own:
        return Kind.MAIL if compiled(MAIL_WORDS).search(f"{facts.what} {facts.more}") else Kind.ELSEWHERE
    words = _MAIL_PROPER if suite else _MAIL_AT_OTHERS
    told = f"{facts.what} {facts.more}" if suite and compiled(_MANY).search(facts.what) else facts.what
    hit = compiled(words).search(told) is not None and (suite or not _own(facts, own))
    return Kind.MAIL if hit else Kind.ELSEWHERE


def _own(facts: Facts, product: str) -> bool:
    """Tell whether the product that title or impact name is the one that the record is kept under."""
    return any(name == product and compiled(pattern).search(facts.service) for name, pattern in PRODUCTS)
