"""The most useful thing that an ordinary user can do now."""

from bot.advisories.rules import Facts, Rule
from bot.types import Action, AdvisoryState, Client, Symptom, Topic

# What the vendor itself advises outweighs what the symptom suggests. Looked for in explanation and status.
ADVICE: tuple[tuple[frozenset[Symptom], Rule[Action]], ...] = (
    (
        frozenset((Symptom.BOUNCED, Symptom.SEND_FAILS)),
        Rule(
            Action.TELL_ADMIN,
            r"\badmins?\b[^.]{0,40}\b(?:can|need|must|should|may|have to|has to)\b[^.]{0,40}\b(?:remove|unblock|lift"
            r"|clear|release|reset|re-?enable|add|change|set)\b|\bremoved by an? admin|\bcontact (?:their|your) admin",
            "the lock is one that only an admin can open",
        ),
    ),
    (
        frozenset((Symptom.BOUNCED, Symptom.SEND_FAILS, Symptom.DELAYED, Symptom.OTHER)),
        Rule(
            Action.USE_ANOTHER_CHANNEL,
            r"\b(?:send|share|use|upload|store|post)\b[^.]{0,60}\b(?:a link|links|onedrive|sharepoint)\b"
            r"|\b(?:use|contact|reach)\b[^.]{0,40}\b(?:teams|phone|chat|another channel"
            r"|other means)\b[^.]{0,30}\b(?:instead|meanwhile|urgent)",
            "another way is named",
        ),
    ),
    (
        frozenset((Symptom.SPAM_MISSED, Symptom.QUARANTINED)),
        Rule(
            Action.WAIT,
            r"\breplay\w*[^.]{0,60}\bno (?:user|admin)? ?action"
            r"|\bno (?:user |admin )?action (?:is )?(?:needed|required)",
            "the vendor gives back what was held",
            r"\bwere\b",
        ),
    ),
)

USUAL: dict[Symptom, Action] = {
    Symptom.SEND_FAILS: Action.RETRY_LATER,
    Symptom.BOUNCED: Action.RESEND_BOUNCED,
    Symptom.DELAYED: Action.WAIT,
    Symptom.LOST: Action.RESEND_BOUNCED,
    Symptom.CANNOT_ACCESS_MAILBOX: Action.RETRY_LATER,
    Symptom.CLIENT_ONLY: Action.USE_ANOTHER_CLIENT,
    Symptom.SEARCH_BROKEN: Action.RETRY_LATER,
    Symptom.CALENDAR_STALE: Action.ASK_PEOPLE,
    Symptom.QUARANTINED: Action.CHECK_QUARANTINE,
    Symptom.SPAM_MISSED: Action.BEWARE_SPAM,
    Symptom.ADMIN_ONLY: Action.NOTHING,
    Symptom.OTHER: Action.RETRY_LATER,
    Symptom.UNMEASURABLE: Action.NOTHING,
}
# One function of mail fails: trying it again helps with what people do, not with what runs by itself.
BY_TOPIC: dict[Topic, Action] = {
    Topic.QUARANTINE_NOTICES: Action.CHECK_QUARANTINE,
    Topic.DUPLICATES: Action.NOTHING,
    Topic.RULES: Action.WAIT,
    Topic.AUTO_REPLIES: Action.WAIT,
    Topic.ARCHIVE: Action.WAIT,
    Topic.NOTICES: Action.WAIT,
}
_QUIET = frozenset((AdvisoryState.PRE_ALERT, AdvisoryState.FALSE_ALARM))
_BY_CLIENT = frozenset((Symptom.CANNOT_ACCESS_MAILBOX, Symptom.SEARCH_BROKEN, Symptom.OTHER, Symptom.SEND_FAILS))
_GONE_FOR_GOOD = Rule(
    0,
    r"\bndr\b|\b5\d\d[ -]5\.\d|\b5\.\d\.\d|\breturned\b|\bbounce",
    "a 5xx is final: no server tries again",
    r"\b53[05][ -]5\.7",  # a refused login: nothing was handed over
)
_ONE_CALENDAR = Rule(
    0,
    r"\bcalendars?\b[^.]{0,60}\b(?:android|ios|phones?|iphones?|mobile|mac|activesync|owa|new outlook|classic"
    r"|desktop)\b",
    "the calendar is right, and one program shows it wrong",
)
_OPENED = Rule(
    0,
    r"\bcannot (?:access|open|view|search) (?:\w+ ){0,3}archiv",
    "what cannot be opened is tried again; what runs by itself is waited for",
)
_RESENT = Rule(
    0,
    r"\b(?:need|must|should|have|has|advised|asked|encouraged) to (?:be )?(?:re-?sen[dt]|send (?:\w+ ){0,4}again"
    r"|sent again)|\b(?:please|can|may) (?:re-?send|send (?:\w+ ){0,3}again)",
    "the vendor says that it must be sent again",
    r"\b(?:not|no) (?:need|have|require)[^.]{0,20}\b(?:send|sent|re-?send)",
)


def action(
    facts: Facts, symptom: Symptom, state: AdvisoryState, *, topics: tuple[Topic, ...], working: tuple[Client, ...]
) -> Action:
    """Name what to do about mail; whether it is mail at all has been asked before."""
    told = f"{facts.more} {facts.relief} {facts.status}"
    if state in _QUIET:
        return Action.NOTHING
    if state is AdvisoryState.RESOLVED:
        return Action.RESEND_BOUNCED if _lost(facts, symptom, told) else Action.NOTHING
    advised = next((rule.value for symptoms, rule in ADVICE if symptom in symptoms and rule.holds(told)), None)
    return advised or _usual(facts, symptom, topics=topics, working=working, told=told)


def _usual(
    facts: Facts, symptom: Symptom, *, topics: tuple[Topic, ...], working: tuple[Client, ...], told: str
) -> Action:
    if symptom is Symptom.SEND_FAILS and (sent := _refused(facts, topics, told)):
        return sent
    if working and (symptom in _BY_CLIENT or (symptom is Symptom.CALENDAR_STALE and _ONE_CALENDAR.holds(facts.title))):
        return Action.USE_ANOTHER_CLIENT
    if symptom is not Symptom.OTHER:
        return USUAL[symptom]
    if "quarantine" in facts.what and Topic.QUARANTINE not in topics:
        return Action.CHECK_QUARANTINE
    return (
        USUAL[symptom]
        if _OPENED.holds(facts.what)
        else next((BY_TOPIC[topic] for topic in topics if topic in BY_TOPIC), USUAL[symptom])
    )


def _refused(facts: Facts, topics: tuple[Topic, ...], told: str) -> Action | None:
    """Name what to do where Send fails for good, or where the mail waits in the program."""
    if Topic.SHARED_MAILBOX not in topics and _GONE_FOR_GOOD.holds(f"{facts.what} {told}"):
        return Action.RESEND_BOUNCED
    return Action.WAIT if Topic.OUTBOX in topics else None


def _lost(facts: Facts, symptom: Symptom, told: str) -> bool:
    """Tell whether, after the end, something is still lost until somebody sends it again."""
    return (
        symptom is Symptom.BOUNCED
        or _RESENT.holds(told)
        or (symptom is Symptom.SEND_FAILS and _GONE_FOR_GOOD.holds(f"{facts.what} {told}"))
    )
