"""Where an advisory stands, by its newest real post before its enum."""

from bot.advisories.relief import RELIEF
from bot.advisories.rules import Facts, Rule, first
from bot.advisories.vocabulary import sentences
from bot.types import AdvisoryState

# The enum in lower case. Values that Microsoft reserves for later are read as what they say.
CLOSED = frozenset(
    (
        "servicerestored",
        "postincidentreviewpublished",
        "resolved",
        "mitigatedexternal",
        "resolvedexternal",
        "falsepositive",
        "investigationsuspended",
        "available",
        "completed",
        "postmortem",
    ),
)
MENDING = frozenset(("restoringservice", "verifyingservice", "extendedrecovery", "mitigated", "monitoring"))
FALSE = frozenset(("falsepositive",))


def _harmless(pattern: str, why: str) -> Rule[AdvisoryState]:
    """Make a rule for what never hit anybody; what hits nobody any more did before."""
    return Rule(AdvisoryState.FALSE_ALARM, pattern, why, r"\b(?:no longer|further|after|since|any ?more)\b")


def _unsure(pattern: str, why: str) -> Rule[AdvisoryState]:
    """Make a rule for what is possible, and not confirmed in the same post."""
    return Rule(AdvisoryState.PRE_ALERT, pattern, why, _CONFIRMED)


_CONFIRMED = (
    r"\b(?:we have|we|have) (?:confirmed|determined|identified|isolated|found|reproduced|traced|seen)\b"
    r"|\bconfirmed (?:that|impact)|\bis affected by\b|\broot cause\b"
    r"|(?:^|\. )(?:(?!\b(?:whether|if)\b)[^.])*\bare impacted\b"
)

NO_HARM: tuple[Rule[AdvisoryState], ...] = (
    _harmless(
        r"\bfalse (?:alarm|positive (?:alert|alarm|signal|report))|\bposted in error|\bby design\b",
        "in so many words",
    ),
    _harmless(
        r"\b(?:alert|alarm|monitor\w*|signal|probe)\b[^.]{0,60}\b(?:erroneous|incorrect|false|wrong|mistake|misfir"
        r"|faulty|misconfigured)",
        "the alarm was wrong, not the service",
    ),
    _harmless(
        r"\b(?:no|not any|without(?: any)?) (?:actual |real |customer |user |end-user |service )*(?:impact|effect)\b"
        r"|\b(?:not|never) (?:actually )?(?:impact|affect|reach|hit)(?:ed|ing|s)? (?:any )?(?:customer|user|people"
        r"|organi[sz]ation|tenant|your|the service)|\b(?:customers|users|organi[sz]ations?|tenants"
        r"|(?:the )?service) (?:is|are|was|were|have|has) not (?:been )?(?:impacted|affected|hit|degraded)"
        r"|\b(?:no (?:\w+ )?(?:customers?|organi[sz]ations?|users?|tenants?)|nobody|no one)\b[^.]{0,30}\b(?:impacted"
        r"|affected|hit)\b",
        "nobody was hit",
    ),
    _harmless(
        r"\b(?:only|limited to|confined to|specific to) (?:some |an environment "
        r"|to )*(?:microsoft(?:'s)? )?(?:own )?(?:internal|test|own)\b[^.]{0,40}\b(?:users|staff|employees|accounts"
        r"|tenants|environments?)",
        "the vendor's own people alone were hit",
    ),
    _harmless(
        r"\b(?:is|was|were|remained|worked|works|sent|delivered) (?:healthy|operational|normal\w*|fine"
        r"|as \w+) (?:at all times|throughout|all along|the whole time)",
        "it worked all the time",
    ),
)

UNSURE: tuple[Rule[AdvisoryState], ...] = (
    _unsure(
        r"\b(?:potential|possible|emerging|suspected)\b[^.]{0,40}\b(?:issue|problem|impact|fault|incident|event"
        r"|service)|\bmay be (?:an? |experiencing |having )+(?:issue|problem)",
        "possible, and no more",
    ),
    _unsure(
        r"\b(?:check|determin|find|assess|verif|confirm|learn|establish|see|evaluat|look|gaug|understand|review)\w*"
        r"[^.]{0,40}\b(?:whether|if|for|impact to)\b[^.]{0,50}\b(?:impact|affect|reach|hit|anything is wrong|notice"
        r"|organi[sz]ation|your (?:\w+ )?(?:users|tenant)|concern)"
        r"|\bassess\w* (?:the )?impact\b",
        "they are finding out whether you are hit",
    ),
    _unsure(
        r"\bwork(?:ing)? out (?:whether|if)\b|\bsuspect (?:a|an|that there) \w*\s?(?:problem|issue|fault)\b",
        "suspected, and no more",
    ),
    _unsure(r"\bpreliminary (?:notification|information|notice)|\bas preliminary\b|\bfirst notice\b", "a first notice"),
    _unsure(
        r"\bnot (?:have|yet have|know)\b[^.]{0,30}\b(?:details|impact|whether)|\bdetails on impact\b",
        "nothing is known yet",
    ),
)

# What was tried did not help: this outweighs any fix that the same post names.
NO_RELIEF: tuple[Rule[AdvisoryState], ...] = (
    Rule(
        AdvisoryState.ONGOING,
        r"\b(?:did|does|do|has|have) not (?:\w+ )?(?:help|improve|resolve|fix|mitigat|provid|work|bring|fully"
        r"|complete(?:ly)?|remediat|lead|achiev)\w*|\bnot (?:been )?(?:enough|sufficient|effective|successful)\b"
        r"|\bno (?:sign of )?(?:improvement|relief|change)\b",
        "tried, and it did not help",
    ),
    Rule(
        AdvisoryState.ONGOING,
        r"\b(?:impact|issue|problem|fault|symptoms?|errors?|failures?|late)\b[^.]{0,40}\b(?:persist|continu|remain"
        r"|came back|returned|recur|reoccur|reappear)\w*|\b(?:it|issues?|problems?|errors?|failures?|impact|fault"
        r"|symptoms?|late|this)\b[^.]{0,40}\b(?:come|comes|came|coming) back\b(?! (?:to|online|up|into))|\brecurr",
        "it is still there, or there again",
        r"\bwhile (?:this|impact) (?:remain|continu)|\b(?:until|so) [^.]{0,40}(?:some|those|remain)",
    ),
    Rule(
        AdvisoryState.ONGOING,
        r"\bhelps? for a while|\bonly (?:temporar|brief|for a)|\bgetting worse|\bworsen|\bspreading\b"
        r"|\bstill (?:see|experienc|report|fac)\w*[^.]{0,30}\b(?:after|despite)\b",
        "it does not last, or it grows",
    ),
    Rule(
        AdvisoryState.ONGOING,
        r"\b(?:fix|change|attempt|mitigation|deployment|roll-?out|release|update|failover|restarts?|steps?)\b[^.]{0,60}"
        r"\b(?:failed|unsuccessful|had to be|halted|paused|stopped|suspended|aborted|on hold|cancell?ed|ran into"
        r"|runs into|hit an?)\b|\b(?:another|alternative|different|new) (?:way|approach|fix|option|solution"
        r"|mitigation)s?\b|\b(?:had to|have to) (?:roll back|revert|undo|stop) the (?:fix|mitigation|correction)"
        r"|\b(?:paused|halted|stopped) (?:the )?(?:deployment|rollout|fix)",
        "the fix itself was taken back",
    ),
    Rule(
        AdvisoryState.ONGOING,
        r"\bas soon as (?:it|the|a)\b[^.]{0,30}\b(?:chosen|ready|validated|tested|available)\b",
        "the fix is still to come",
    ),
)


def state(facts: Facts, *, status: str, closed: bool, quick: bool) -> AdvisoryState:
    """Name the state; ``closed`` is what the record says, ``quick`` that the newest post is a first notice."""
    word = status.lower().replace("_", "").replace(" ", "")
    final = facts.newest is not None and bool(facts.newest.final)
    if closed or final or word in CLOSED:
        harmless = word in FALSE or any(first(NO_HARM, told) for told in sentences(f"{facts.status} {facts.scope}"))
        return AdvisoryState.FALSE_ALARM if harmless else AdvisoryState.RESOLVED
    if _unconfirmed(facts, word, quick=quick):
        return AdvisoryState.PRE_ALERT
    if first(NO_RELIEF, facts.status):
        return AdvisoryState.ONGOING
    relieved = word in MENDING or any(first(RELIEF, sentence) for sentence in sentences(facts.status))
    return AdvisoryState.RECOVERING if relieved else AdvisoryState.ONGOING


def _unconfirmed(facts: Facts, word: str, *, quick: bool) -> bool:
    if not facts.first_only or word in MENDING:
        return False
    text = f"{facts.status} {facts.impact}" if quick else facts.status
    return first(UNSURE, text) is not None
