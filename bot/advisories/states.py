"""Where an advisory stands, by its newest real post before its enum."""

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

NO_HARM: tuple[Rule[AdvisoryState], ...] = (
    Rule(
        AdvisoryState.FALSE_ALARM,
        r"\bfalse positive (?:alert|alarm|signal|report)|\bfalse alarm|\b(?:alert|alarm|monitor\w*"
        r"|signal)[^.]{0,60}\b(?:erroneous|incorrect|false|wrong|mistake|misfir|faulty)"
        r"|\b(?:no|not any|without(?: any)?) (?:actual |real |customer |user |end-user |service )*(?:impact"
        r"|effect)\b(?! (?:on|to) (?:other|mail content))"
        r"|\b(?:not|never) (?:actually )?(?:impact|affect|reach|hit)(?:ed|ing|s)? (?:any )?(?:customer|user"
        r"|organi[sz]ation|tenant|your|people|the service)"
        r"|\b(?:customers|users|organi[sz]ations?|tenants|your organi[sz]ation|the service|service) (?:is|are|was"
        r"|were|have|has) not (?:been )?(?:impacted|affected|hit)"
        r"|\bwork(?:ed|ing|s) as (?:designed|intended|expected) (?:all along|throughout)|\bservice (?:is|was"
        r"|remained) (?:healthy|operational) throughout|\bposted in error|\bby design\b"
        r"|\bno (?:\w+ )?(?:customers?|organi[sz]ations?|users?|tenants?)\b[^.]{0,30}\b(?:impacted|affected|hit)\b"
        r"|\bonly (?:some )?(?:microsoft )?(?:internal|test|own)[^.]{0,40}\b(?:users|staff|employees|accounts"
        r"|tenants|environments?)",
        "nobody was hit",
    ),
)

UNSURE: tuple[Rule[AdvisoryState], ...] = (
    Rule(
        AdvisoryState.PRE_ALERT,
        r"\b(?:potential|possible|emerging|suspected)\b[^.]{0,40}\b(?:issue|problem|impact|fault|incident|event"
        r"|service)|\bmay be an? (?:issue|problem)|\bmay be (?:experiencing|having) (?:an )?(?:issue|problem)"
        r"|\b(?:check|determin|find|assess|verify|confirm|learn|establish|see|evaluat)\w*[^.]{0,40}\b(?:whether|if"
        r"|for|impact to)\b[^.]{0,50}\b(?:impact|affect|anything is wrong|organi[sz]ation|concern)"
        r"|\bassess\w* (?:the )?impact\b|\bpreliminary (?:notification|information|notice)|\bnot (?:have|yet have"
        r"|know)[^.]{0,30}\b(?:details|impact)|\bdetails on impact\b",
        "possible, and not confirmed by anybody",
        r"\b(?:we have|we|have) (?:confirmed|determined|identified|isolated|found|reproduced|traced|seen)\b"
        r"|\bconfirmed (?:that|impact)|\bis affected by\b|\bare impacted\b|\broot cause\b",
    ),
)

# What was tried did not help: this outweighs any fix that the same post names.
NO_RELIEF: tuple[Rule[AdvisoryState], ...] = (
    Rule(
        AdvisoryState.ONGOING,
        r"\b(?:did|does|do|has|have) not (?:\w+ )?(?:help|improve|resolve|fix|mitigat|provid|work|bring|fully"
        r"|complete(?:ly)?|remediat|have the|lead|achiev)\w*|\bnot (?:been )?(?:enough|sufficient|effective"
        r"|successful)\b"
        r"|\b(?:impact|issue|problem|errors?|failures?|delays?|late)\b[^.]{0,40}\b(?:persist|continu|remain"
        r"|came back|returned|recur|reoccur|reappear)\w*"
        r"|\b(?:come|comes|came|coming) back\b(?! (?:to|online|up|into))|\brecurr|\b(?:fault|issue|problem"
        r"|impact)[^.]{0,20}\breturned\b|\bhelps? for a while|\bonly (?:temporar|brief|for a)"
        r"|\bno (?:sign of )?(?:improvement|relief|change)\b|\bgetting worse|\bworsen|\b(?:fix|change|attempt"
        r"|mitigation)[^.]{0,30}\b(?:failed|unsuccessful|had to be)"
        r"|\bas soon as (?:it|the|a)\b[^.]{0,30}\b(?:chosen|ready|validated|tested|available)\b",
        "tried, and it did not help",
        r"\bwhile (?:this|impact) (?:remain|continu)|\b(?:until|so) [^.]{0,40}(?:some|those|remain)",
    ),
)

_FIX = (
    r"(?:fix|correction|change|mitigation|update|rule|configuration|setting|solution|patch|repair|build|roll-?back"
    r"|reversion|remedy|workaround|adjust\w*|optimi[sz]ations?|limit|deployment|roll-?out|certificates?|detection"
    r"|switch|failover)"
)
_DONE = (
    r"(?:appl|deploy|revert|roll|disabl|correct|switch|turn|remov|withdraw|undo|tak|complet|implement|restor|repair"
    r"|replac|renew|releas|mov|redirect|rerout|fail|rebalanc|restart|publish|updat|mitigat|fix|resolv|address"
    r"|increas|adjust|add|reset|clear|isolat|scal|block|throttl|expand|enabl|ship|install|push|rebuilt|rais)\w*"
)
RELIEF: tuple[Rule[AdvisoryState], ...] = (
    Rule(
        AdvisoryState.RECOVERING,
        rf"\b{_FIX}\b[^.]{{0,50}}\b(?:is|are|has|have|was|were)\b(?: (?:now|been|already|being|fully|partially"
        rf"|successfully))* (?:{_DONE}|live|in place|in\b|active|effective|progress\w*|under way|underway"
        rf"|saturat\w*|out|on its way|underway|going out|reach\w*|begun|started|everywhere|cover\w*)",
        "a fix is in place or on its way out",
        # Being prepared is not being in place, and a change that is named as the cause is no fix.
        r"\b(?:recent(?:ly)?|since|caus(?:e|ed|es)|introduced|culprit|contribut|suspect|believe|review|examin"
        r"|investigat|compar|analy)\w*"
        rf"|\b(?:developing|preparing|testing|validating|building|will be|plan|before (?:it|we)"
        rf"|once)\b[^.]{{0,40}}\b{_FIX}|\b{_FIX}\b[^.]{{0,30}}\b(?:must|needs? to|is being (?:prepared|developed"
        rf"|tested|validated|written|built)|being written)",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        rf"\b(?:rolling out|rolling back|deploying|applying|pushing|installing|implementing|reverting|releasing"
        rf"|release)\b[^.]{{0,40}}\b{_FIX}",
        "a fix is on its way out",
        r"\b(?:before|plan|prepar|begin|start|soon|will|once|decide|whether|option|consider)\w*\b",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\b(?:we|engineers|team) (?:have|has) (?:now |successfully |already |since |also )?(?:applied|deployed"
        r"|revert|rolled|disabled|corrected|switched|turned|removed|withdrawn|undone|taken|completed|implemented"
        r"|restored|repaired|replaced|renewed"
        r"|released|moved|redirected|rerouted|failed|rebalanced|published|mitigated|fixed|resolved|addressed|added"
        r"|reset|cleared|scaled|enabled|installed|pushed|begun (?:deploy|roll|releas)|started (?:deploy|roll"
        r"|releas|the roll|the deploy))\w*",
        "somebody has done something that may help",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\b(?:improv|recover|reliev|relief|stabili[sz]|drain|subsid)(?:e|es|s|ed|ing|y|ies|ement|ements)?\b"
        r"|\b(?:errors?|failures?|rates?|numbers?|queues?|late|backlog|volume|load|impact|size"
        r"|time)\b[^.]{0,40}\b(?:dropp|drop|declin|shrink|shrunk|decreas|lessen|fall|fell|going down|go down"
        r"|half)(?:e|es|s|ed|ing)?\b|\bcatch(?:ing)? up\b|\bcaught up\b|\b(?:smaller|shorter|fewer|falling"
        r"|down from|less than before)\b"
        r"|\b(?:gets?|getting|is|are) better\b|\b(?:return|back)\w* to (?:its |their |normal|usual|health|service)"
        r"|\bworking (?:its way )?through\b[^.]{0,30}\bbacklog|\bprocess (?:the )?(?:remaining )?(?:backlog|queue)",
        "numbers go the right way",
        r"\bno (?:improvement|relief)|\bto (?:improve|recover|reliev)\w*|\b(?:how to|ways to"
        r"|options)\b[^.]{0,40}\b(?:recover|reliev|mitigat)|\bwill (?:improve|recover)",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\bno (?:further|new|more|longer)\b[^.]{0,40}\b(?:messages|mail|accounts|users|impact|failures|errors"
        r"|delays)\b|\b(?:now|again) (?:leave|arrive|flow|succeed|work|go|send|deliver|complete|load|open|move"
        r"|take)s?\b|\bsucceeds?\b(?: there| again| now)"
        r"|\b(?:mail|messages|requests|connections) (?:that are )?(?:sent |submitted )?(?:now|from now on) (?:are"
        r"|leave|arrive|send|flow|go|reach)|\bnew (?:\w+ )?(?:mail|messages)[^.]{0,30}\b(?:go|are (?:not|no longer"
        r"|delivered)|leave|arrive|is (?:not|no longer))"
        r"|\breleas(?:e|ing|ed)\b[^.]{0,40}\b(?:those|mail|messages|quarantin|step)|\b(?:being|are"
        r"|were) (?:replayed|released|redelivered)\b|\b\d\d(?:\.\d)? ?(?:%|percent)"
        r"|\b(?:arrive|flow|leave|work|open|load|deliver|send|sign|connect|receive|access)\w*(?: \w+){0,2} again\b"
        r"|\b(?:normal|usual|expected|healthy) (?:levels?|range|values?|rates?|thresholds?|speed)\b"
        r"|\bsucceeds?\b[^.]{0,30}\b(?:again|there|now|normally|for most|as usual)\b",
        "what was wrong happens no more, and what was held is let go",
        r"\bwill be\b[^.]{0,20}\b(?:replayed|released)|\bcpu\b",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\b(?:monitor|validat|verify|confirm|watch)\w*[^.]{0,60}\b(?:recover|resol|fix|mitigat|health|success"
        r"|restor|complete|returns? results|that service|to ensure|remediat)\w*|\bextended (?:monitoring"
        r"|period of monitoring)",
        "the fix is being watched",
        r"\bmonitoring whether\b",
    ),
)


def state(facts: Facts, *, status: str, closed: bool, quick: bool) -> AdvisoryState:
    """Name the state; ``closed`` is what the record says, ``quick`` that the newest post is a first notice."""
    word = status.lower().replace("_", "").replace(" ", "")
    final = facts.newest is not None and bool(facts.newest.final)
    if closed or final or word in CLOSED:
        harmless = word in FALSE or first(NO_HARM, f"{facts.status} {facts.scope}")
        return AdvisoryState.FALSE_ALARM if harmless else AdvisoryState.RESOLVED
    if _unsure(facts, word, quick=quick):
        return AdvisoryState.PRE_ALERT
    if first(NO_RELIEF, facts.status):
        return AdvisoryState.ONGOING
    relieved = word in MENDING or any(first(RELIEF, sentence) for sentence in sentences(facts.status))
    return AdvisoryState.RECOVERING if relieved else AdvisoryState.ONGOING


def _unsure(facts: Facts, word: str, *, quick: bool) -> bool:
    if not facts.first_only or word in MENDING:
        return False
    text = f"{facts.status} {facts.impact}" if quick else facts.status
    return first(UNSURE, text) is not None
