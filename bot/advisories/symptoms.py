"""What people feel: one table, read from top to bottom over title, impact and explanation."""

from bot.advisories.rules import BROAD, Facts, Rule, first
from bot.types import Client, Symptom

_WRONGLY = (
    r"legitimate|incorrect|wrong|mistake|erroneous|false positive|unexpected|good mail|valid mail|\bnot spam\b|overly"
    r"|\bsafe\b"
)
_THINGS = r"(?:mailbox|mail\b|exchange|outlook|owa|inbox|imap|pop\b|activesync)"

SYMPTOMS: tuple[Rule[Symptom], ...] = (
    Rule(
        Symptom.SEARCH_BROKEN,
        r"\bsearch",
        "search is named only when it is what fails",
        r"ediscovery|content search|search for people|people search"
        r"|cannot (?:send|receive|access|open)[^.]{0,30}(?:,|\bor\b|\band\b)[^.]{0,20}search",
    ),
    Rule(
        Symptom.OTHER,
        r"\breport (?:a )?(?:mail|phish|junk|spam)\b(?! as)",
        "the button that reports a message, not what it reports",
    ),
    Rule(
        Symptom.SPAM_MISSED,
        r"\b(?:spam|phish|spoof\w*|malicious|forged|impersonat\w+|unwanted|malware|bulk)\b[^.]{0,90}\b(?:inbox|inboxes"
        r"|reach\w*|get(?:s|ting)? through|pass(?:es|ing)?|bypass\w*"
        r"|(?:can)?not (?:be |being )?(?:block|filter|quarantin|caught|catch|detect|mov|stop)\w*)"
        r"|\b(?:increas\w*|more|larger|unusual|elevated|higher?|surge|influx|spike)\b[^.]{0,40}\b(?:spam|phish"
        r"|spoof\w*)|\breceive (?:\w+ ){0,2}(?:spam|phish|spoof\w*|forged)\b|\bfalse negative"
        r"|\b(?:spam|phish|spoof\w*|forged|malicious|junk|unwanted)\b[^.]{0,60}\b(?:slip|evad|escap|sneak|come in"
        r"|let (?:in|through)|past|com(?:e|es|ing) in)\w*"
        r"|\b(?:can)?not (?:be |being )?(?:scan|check|filter|inspect|analy[sz]|evaluat|test)\w*[^.]{0,30}\b(?:spam"
        r"|phish|malware|malicious|spoof)"
        r"|\b(?:spam|anti-?spam|phish)\b[^.]{0,30}\bfilter\w*[^.]{0,40}\b(?:bypass|skip"
        r"|(?:can)?not (?:be )?(?:appl|work|act|run|filter)|miss)|\binvit\w+ (?:\w+ ){0,2}from (?:unknown|fake"
        r"|forged|strange)|\b(?:unknown|unwanted|fake) (?:\w+ ){0,2}(?:invit|calendar)"
        r"|\bappear to (?:come|be sent|originate)[^.]{0,60}\b(?:spoof|within"
        r"|own)|\bbackscatter|\bndr\b[^.]{0,60}\b(?:did not|never|have not) (?:\w+ )?sen[dt]\b",
        "bad mail that gets in, which is the opposite of good mail that is held",
        _WRONGLY,
    ),
    Rule(
        Symptom.OTHER,
        r"quarantine (?:notification|notice|digest|summar|mail|alert)|spam notification|\besn\b",
        "the notices about quarantine go wrong, not the verdicts",
    ),
    Rule(
        Symptom.OTHER,
        r"cannot (?:release|view|access|open|preview|see|sign in to|load|use|search|manage)[^.]{0,40}quarantine"
        r"|quarantine (?:page|portal)",
        "quarantine itself cannot be used",
    ),
    Rule(
        Symptom.QUARANTINED,
        r"quarantin|\bfalse positive|\bmis(?:classif|label|identif|categor)\w+"
        r"|\b(?:mark|flag|classif|identif|detect|treat|categor|tagg?|label|judg|mov|rout|land|filter|deliver|go|send"
        r"|sent|taken|stamp|scor|diagnos|recogni|end)\w*\b[^.]{0,60}\b(?:spam|phish|junk|malware|malicious|bulk"
        r"|high[- ](?:confidence|risk))\b|\b(?:remov|strip|delet|replac|block)\w*[^.]{0,40}\b(?:as|for) (?:being )?"
        r"(?:spam|phish|malware|malicious)\b|\b(?:legitimate|good|valid)\b[^.]{0,40}\bblock",
        "good mail is taken for bad",
        r"mailbox (?:is |are )?quarantined",
    ),
    Rule(
        Symptom.CALENDAR_STALE,
        r"free/busy|\bcalendars?\b|schedul\w+ assistant|\broom(?:s| mailbox| finder| list| book| reserv)"
        r"|\bmeeting (?:request|invit|room|response|update|cancel|organi[sz]er)|\battendees?\b"
        r"|\bavailability (?:information|status|of)"
        r"|\bresource (?:mailbox|book)|\bappointments?\b|\bmeetings\b",
        "times of people and rooms are wrong, late or missing",
        r"\bmail(?:box(?:es)?)?,? (?:and|or|,) (?:the |their )?calendar|\bteams meeting"
        r"|cannot (?:send|receive)[^.]{0,40} mail|\bndr\b|\bbounce"
        r"|cannot (?:access|open|use|reach|connect to|sign in to) (?:\w+ ){0,2}?(?:mailbox(?:es)?|mail"
        r"|exchange(?: online)?|outlook|owa)\b(?! (?:\w+ )?calendar)",
    ),
    Rule(
        Symptom.DELAYED,
        r"cannot (?:send,? (?:(?:and|or|and/or|nor) )?receive|receive (?:and|or|and/or|nor) send)"
        r"|cannot (?:send|receive)[^.]{0,40}\b(?:or|and|nor) (?:cannot )?(?:receive|send)\b",
        "when both ways fail the transport is down: what is sent waits in queues",
        r"\bndr\b|\breturned\b|\battachment",
    ),
    Rule(
        Symptom.BOUNCED,
        r"\bndr\b|\bbounc|\b(?:mail|they|messages?)\b[^.]{0,60}\b(?:returned|sent back|comes? back|came back)\b"
        r"|\breturned (?:to|after|with|as)\b|\b5\d\d 5\.\d|\b5\.\d\.\d{1,3}\b|\bmail[^.]{0,60}\b(?:rejected|refused)\b"
        r"|\breject\w* (?:mail|message)",
        "a report of non-delivery comes back to the sender",
    ),
    Rule(
        Symptom.BOUNCED,
        r"\b(?:external (?:senders?|parties|users?|people|organi[sz]ations?)"
        r"|(?:senders?|people|parties) external)\b[^.]{0,60}\bcannot (?:send|mail|write|deliver|reach)",
        "the sender is outside, and has it back",
    ),
    Rule(
        Symptom.SEND_FAILS,
        r"cannot (?:use )?(?:send|submit|reply|forward|compose)\b|\b(?:sends?|submission"
        r"|submit)\b[^.]{0,80}\b(?:fail|refus"
        r"|reject|block|not work)|\bcannot be sent\b|\bnot (?:be |being )?(?:sent|send)\b"
        r"|\bfail(?:s|ures?|ing)?[^.]{0,20} send\b",
        "Send itself fails, so that the sender knows at once",
        r"auto(?:matic)?[- ]?repl|out[- ]of[- ]office|notifications? (?:cannot|not|may|is|are)",
    ),
    Rule(
        Symptom.OTHER,
        r"\battachments?\b[^.]{0,60}\b(?:cannot|fail|not|error|missing|corrupt|block)"
        r"|(?:cannot|fail|error)[^.]{0,60}\battachments?\b",
        "mail is there, its attachments are not",
        r"cannot access (?:their |the )?mailbox",
    ),
    Rule(
        Symptom.OTHER,
        r"\b(?:encrypted|ome\b|irm\b|s/mime|(?:inbox|mailbox|outlook) rules?|rules? that|mail flow rules?"
        r"|transport rules?|auto(?:matic)?[- ]?repl"
        r"|out[- ]of[- ]office|signatures?|address book|address lists?|\bgal\b|sent items|presence|recoverable items"
        r"|online archives?|archiving|archived?\b|retention|duplicates?\b|duplicated|public folders?|add-?ins?"
        r"|read receipts?|unread count|contacts?|voice ?mail|recall|inline images?|images|focused inbox|categories"
        r"|favorites|to-?do|tasks|print|themes?|dark mode)",
        "one function of the mailbox, while mail itself flows",
        r"cannot (?:access|open|connect to|sign in to) (?:their |the |any )?(?:mailbox|mail\b|exchange)"
        r"|\blate\b[^.]{0,60}\b(?:mail|deliver)|mail[^.]{0,60}\blate\b",
    ),
    Rule(
        Symptom.CANNOT_ACCESS_MAILBOX,
        rf"\b(?:late|slow\w*|degraded)\b[^.]{{0,40}}\b(?:access|open|load|sign|log|view|performance"
        rf"|respon)\w*[^.]{{0,60}}{_THINGS}|\b(?:access|open|load)\b[^.]{{0,60}}\b(?:late|slow)",
        "opening the mailbox is what is slow, not delivery",
        r"\bdeliver",
    ),
    Rule(
        Symptom.DELAYED,
        r"\blate\b|\bfirst attempt\b|\bafter (?:a |some |several |many )?retr(?:y|ies)\b|\bbacklog|\boutbox\b"
        r"|\bstuck in\b|\bslow(?:er|ly|ness)?\b[^.]{0,40}\b(?:deliver|mail flow|transport"
        r"|arrive)|\bmail (?:flow|deliver\w*)\b[^.]{0,30}\b(?:slow|degraded|impacted|interrupted|issue|problem|fail)"
        r"|\b(?:queue|queues|queu)\b",
        "mail comes, but not when it should",
        r"^(?!.*(?:mail|deliver|send|receive|transport|queue)).*$",
    ),
    Rule(
        Symptom.DELAYED,
        r"\b(?:cannot|not) (?:be )?(?:receive|get)\b[^.]{0,60}\bmail"
        r"|\bmail[^.]{0,60}\b(?:cannot|not) (?:be )?(?:arrive|received|delivered|deliver|reach|show)|\bmissing mail"
        r"|\bcannot (?:deliver|receive)\b|\b(?:cannot|not) (?:see|view)[^.]{0,20}\bnew mail|\bnot receive\b",
        "nothing comes in; servers outside keep trying, so it is late",
    ),
    Rule(
        Symptom.CANNOT_ACCESS_MAILBOX,
        rf"\bcannot (?:access|open|connect|sign|log|load|reach|view|see|use|read|get|perform|sync"
        rf"|retrieve)\b[^.]{{0,90}}{_THINGS}|{_THINGS}[^.]{{0,120}}\b(?:unavailab|inaccessib|unreachab|offline"
        rf"|disconnect|unrespons|cannot (?:be )?(?:open|access|load|reach|sync|connect)|slow\b|down\b"
        rf"|not (?:load|open|accessib|respond|available|connect|sync))"
        r"|\b(?:los\w+|drop\w*|unstable|intermittent)\b[^.]{0,20}\b(?:connection|connectivity)s?\b|\bdisconnect"
        r"|\b(?:signed|logged) out\b|\bstop(?:s|ped)? (?:sync|connect|load|open|work|updat)"
        rf"|\b(?:errors?|'[^']{{3,80}}'|turned away|locked out|refused|denied)[^.]{{0,40}}\b(?:when|while) (?:they )?"
        rf"(?:access|open|sign|log|connect|load)\w*[^.]{{0,60}}{_THINGS}"
        rf"|\b(?:access|connection|sign-?in|log-?in|authentication|connectivity)\b[^.]{{0,40}}\b(?:fail|denied|error"
        rf"|issue|problem|loss|lost|timeout)[^.]{{0,60}}|\b(?:crash|freez|hang|stops? responding"
        rf"|prompt)\w*[^.]{{0,60}}|\bcannot access\b",
        "the mailbox cannot be opened, or not in time",
        r"^(?!.*" + _THINGS + r").*$",
    ),
)

# Only when no layer says more: a service that "experiences issues" is one that people cannot use.
VAGUE: tuple[Rule[Symptom], ...] = (
    Rule(
        Symptom.CANNOT_ACCESS_MAILBOX,
        rf"\b(?:issues?|problems?|errors?|degraded|unavailable|interrupt\w*|outage|down|cannot)\b[^.]{{0,80}}{_THINGS}"
        rf"|{_THINGS}[^.]{{0,80}}\b(?:issues?|problems?|errors?|degraded|outage)",
        "no more is said than that it does not work",
    ),
    Rule(
        Symptom.CANNOT_ACCESS_MAILBOX,
        r"\bcannot (?:access|use|reach|connect|sign|log|load)\b[^.]{0,60}\b(?:services?|(?:microsoft|office) 365"
        r"|m365)\b",
        "many services are named as one, and mail is among them",
    ),
    Rule(Symptom.CANNOT_ACCESS_MAILBOX, r"\b(?:mail|mailbox) access\b", "what is said is only which function it is"),
)

_EVERY_WAY = Rule(
    0,
    r"\b(?:any|all|multiple|various|several|different|every|one or more|most|both|many)\b[^.]{0,30}\b(?:methods?"
    r"|protocols?|clients?|ways)\b|whichever way",
    "it fails in more ways than the one that is named",
)
_BARE_AND_WEB = Rule(
    0,
    r"\b(?<!classic )(?<!new )outlook,? (?:and|or) (?:in )?owa\b|\bowa,? (?:and|or) (?:in )?outlook\b(?! (?:mobile"
    r"|for))",
    "the program and the browser fail together",
)
_IN_WINDOWS = frozenset((Client.CLASSIC, Client.DESKTOP, Client.NEW))
_MANY = 4
_NARROWED = frozenset((Symptom.CANNOT_ACCESS_MAILBOX, Symptom.SEND_FAILS, Symptom.OTHER, Symptom.DELAYED))


_TURNED_AWAY = Rule(
    0,
    r"\bndr\b|\b5\d\d[ -]5\.\d",
    "mail that does not come in is refused for good",
    r"\b(?:no|not|without)\b[^.]{0,30}\bndr\b",
)
_LATE = Rule(0, r"\blate\b|\bqueue|\bsend\b", "it comes, or it is as much about sending")
_REPORTED = Rule(0, r"\bndr\b|\breturned\b", "the impact names the report that comes back: it was accepted before")


def symptom(facts: Facts, failing: tuple[Client, ...]) -> Symptom:
    """Name what mail users feel; ``failing`` are the ways to the mailbox that are said to fail."""
    found = felt(facts)
    return Symptom.CLIENT_ONLY if found in _NARROWED and _one_way(facts, failing) else found


def felt(facts: Facts) -> Symptom:
    """Name what mail users feel, in whatever ways to the mailbox."""
    layers = sorted(facts.layers, key=BROAD.holds)
    rule = next((rule for layer in layers if (rule := first(SYMPTOMS, layer))), None)
    rule = rule or next((rule for layer in facts.layers if (rule := first(VAGUE, layer))), None)
    found = rule.value if rule else Symptom.OTHER
    if found is Symptom.SEND_FAILS and _REPORTED.holds(facts.impact):
        return Symptom.BOUNCED
    if found is Symptom.DELAYED and _TURNED_AWAY.holds(f"{facts.more} {facts.status}") and not _LATE.holds(facts.what):
        return Symptom.BOUNCED
    return found


def _one_way(facts: Facts, failing: tuple[Client, ...]) -> bool:
    """Tell whether one way to the mailbox fails and others are left."""
    if not failing or len(failing) >= _MANY or "outbox" in facts.what or _EVERY_WAY.holds(f"{facts.what} {facts.more}"):
        return False
    if _BARE_AND_WEB.holds(facts.what):
        return False
    return not (Client.WEB in failing and _IN_WINDOWS & set(failing))
