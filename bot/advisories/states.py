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
        r"[^.]{0,40}\b(?:whether|if|for|impact to)\b[^.]{0,50}\b(?:impact|affect|reach|hit|anything is wrong"
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

_FIX = (
    r"(?:fix|correction|change|mitigation|update|rule|configuration|setting|solution|patch|repair|build|roll-?back"
    r"|reversion|remedy|workaround|adjust\w*|optimi[sz]ations?|limit|deployment|roll-?out|certificates?|detection"
    r"|switch|failover|signature|definition|model|filter|verdict|url|domain)(?:es|s)?"
)
_DONE = (
    r"(?:appl|deploy|revert|roll|disabl|correct|switch|turn|remov|withdraw|undo|tak|complet|implement|restor|repair"
    r"|replac|renew|releas|mov|redirect|rerout|fail|rebalanc|restart|publish|updat|mitigat|fix|resolv|address|increas"
    r"|adjust|add|reset|clear|isolat|scal|block|lift|stopp|revers|put (?:right|back)|set (?:right|back)|throttl"
    r"|expand|enabl|ship|install|push|rebuilt"
    r"|rais)\w*"
)
_FLOWS = r"(?:arrive|flow|leave|work|open|load|deliver|send|sign|connect|receive|access|succeed|complete|go|move|take)"
_LOOKED = (
    r"(?:identif|determin|confirm|found|begun|start|receiv|collect|gather|isolat|reproduc|seen|link|trac|engag|reach"
    r"|ask"
    r"|narrow|notic|learn|review|observ|rul|prepar|develop|schedul|plan|analy|investigat|open|captur|request|been|had"
    r"|heard|look|got|work|test|validat|built|written|contact|inform|examin|compar|assess|monitor|watch|decid|chosen"
    r"|select|conclud|establish|understood|discover|detect|made|tried|attempt|rais|believ|track|assign|escalat|involv"
    r"|consider|evaluat|explor|log|report|locat|pinpoint|diagnos|attribut|correlat|match|measur|record|need|expect"
    r"|agreed"
    r"|suspend|paus|halt|delay|experienc|encounter|fail|delayed|updat\w* (?:you|this|the (?:estimate|title|scope)))"
)
# Looked for in one sentence at a time, so that an exception in one does not silence the next.
RELIEF: tuple[Rule[AdvisoryState], ...] = (
    Rule(
        AdvisoryState.RECOVERING,
        rf"\b{_FIX}\b[^.]{{0,50}}\b(?:is|are|has|have|was|were)\b(?: (?:now|been|already|being|fully|partially"
        rf"|successfully))* (?:{_DONE}|live|in place|in\b|active|effective|progress\w*|under ?way|saturat\w*|out"
        rf"|on its way|going out|reach\w*|begun|started|everywhere|cover\w*)",
        "a fix is in place or on its way out; a change that is named as the cause, or is being prepared, is none",
        r"\b(?:recent(?:ly)?|since|in error|by mistake|wrongly|accident\w*|unintention\w*|unexpected\w*|everything"
        r"|when(?:ever)? (?:a|an|users?|they)|caus(?:e|ed|es)|introduced|culprit|contribut|suspect|believe|review"
        r"|examin"
        r"|investigat|compar|analy)\w*"
        rf"|\b(?:developing|preparing|testing|validating|building|will be|plan|before (?:it|we)"
        rf"|once)\b[^.]{{0,40}}\b{_FIX}|\b{_FIX}\b[^.]{{0,30}}\b(?:must|needs? to"
        rf"|is being (?:prepared|developed|tested|validated|written|built)|being written)"
        rf"|\b{_FIX}\b[^.]{{0,30}}\bexpected\b",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\b(?:rule|filter|signature|detection|policy|feature|check|verdict|limit)s?\b[^.]{0,20}\b(?:is|are) (?:now )?"
        r"(?:off|disabled|lifted|switched off|turned off|gone)\b",
        "what did the harm is off",
        r"\b(?:where|when|if|because|by mistake|unexpectedly)\b",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        rf"\b(?:rolling out|rolling back|deploying|applying|pushing|installing|implementing|reverting"
        rf"|releas(?:ing|e))\b[^.]{{0,40}}\b{_FIX}",
        "a fix is on its way out",
        r"\b(?:before|plan|prepar|begin|start|soon|will|once|decide|whether|option|consider)\w*\b",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\b(?:we|engineers|team) (?:have|has) (?:now |successfully |already |since |also )?(?:applied|deployed|revert"
        r"|rolled|disabled|corrected|switched|turned|removed|withdrawn|undone|taken|completed|implemented|restored"
        r"|repaired|replaced|renewed|released|moved|redirected|rerouted|failed|rebalanced|published|mitigated|fixed"
        r"|resolved|addressed|added|reset|cleared|scaled|enabled|installed|pushed|throttled"
        r"|(?:begun|started) (?:(?:to )?deploy|(?:the |to )?roll|releas|the deploy))\w*",
        "somebody has done something that may help",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        rf"\b(?:we|engineers|(?:the|our) (?:\w+ )?team) (?:have|has) (?:now |successfully |already |since |also "
        rf"|just )?"
        rf"(?!{_LOOKED})(?:\w+ed|put|taken|set|cut|brought|gone|let|given|freed|shut)\b",
        "something was done that is not looking, asking or getting ready",
        r"\b(?:looking for|still|not|investigat\w*|but|first measure|recent(?:ly)?|caus\w+|suspect\w*|trying|hop\w+)\b",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\b(?:last known good|(?:has|have) been (?:fully |partly |now )?(?:restored|repaired)|brought (?:up|back)"
        r"|back up|up and running|online again|back into (?:service|rotation"
        r"|production|operation))\b|\bwill have (?:left|arrived"
        r"|been|gone"
        r"|cleared)\b|\b(?:backlog|queues?|pile)\b[^.]{0,40}\b(?:worked off|cleared|clearing|empt\w*|going down"
        r"|smaller)\b"
        r"|\b(?:has|have) put (?:\w+ ){0,4}(?:right|in order)\b",
        "what is left is being cleared",
        r"\b(?:to|how|once|if|when)\b[^.]{0,20}\b(?:clear|back into)",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\b(?:improv|recover|reliev|relief|stabili[sz]|drain|subsid)(?:e|es|s|ed|ing|y|ies|ement|ements)?\b"
        r"|\b(?:gets?|getting|is|are) better\b|\bcatch(?:ing)? up\b|\bcaught up\b",
        "it gets better, in so many words",
        r"\bno (?:improvement|relief)|\bto (?:provid|bring|give|get|offer|speed|expedit|achiev|help|initiat|aid|ensur)?"
        r"\w* ?(?:\w+ )?(?:improv|recover|relie|stabili)\w*"
        r"|\b(?:how to|ways to|options)\b[^.]{0,40}\b(?:recover|reliev|mitigat)|\bwill (?:improve|recover)"
        r"|\b(?:cannot|not) be recover|\brecover\w* (?:deleted|items|mail)\b|\bdeleted items\b",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\b(?:errors?|failures?|rates?|numbers?|queues?|late|backlog|volume|load|impact|size"
        r"|time)\b[^.]{0,40}\b(?:dropp|drop|declin|shrink|shrunk|decreas|lessen|fall|fell|going down|go down|half)(?:e"
        r"|es|s|ed|ing)?\b|\b(?:backlog|queues?|errors?|failures?|reports?|numbers?|times?)\b[^.]{0,40}\b(?:smaller"
        r"|shorter|fewer|rarer|less)\b"
        r"|\b(?:fewer|less) (?:\w+ )?(?:errors?|failures?|users?|reports?|requests?|time-?outs?|mail)\b|\b(?:falling"
        r"|down from"
        r"|less than before)\b"
        r"|\b\d\d(?:\.\d)? ?(?:%|percent)|\b(?:working (?:its way )?through"
        r"|process (?:the )?(?:remaining )?)\b[^.]{0,30}\b(?:backlog|queue)",
        "numbers go the right way",
        r"\bcpu\b",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\b(?:return|back)\w* to (?:its |their |normal|usual|health|service)"
        r"|\bback in (?:force|place|effect|service|use)\b"
        r"|\b(?:normal|usual|expected|healthy) (?:levels?|range|values?|rates?|thresholds?|speed)\b"
        r"|\b(?:service|access|mail flow|delivery|availability|connections?|connectivity"
        r"|function\w*)\b[^.]{0,30}\b(?:been|is|are|was|were|has|have) (?:fully |largely |mostly )?(?:restored"
        r"|recovered|returned|normal|resumed|back)\b|\b(?:is|be|seems"
        r"|appears) (?:now )?over\b(?! \w+ (?:minute|hour|day))",
        "it is as it should be",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        rf"\b(?:now|again) {_FLOWS}s?\b|\b{_FLOWS}\w*(?: \w+){{0,2}} again\b|\bmail is (?:now )?(?:flow|arrive)\b"
        r"|\b(?:most|more and more|the majority)\b[^.]{0,40}\b(?:succeed|recover|accessible|deliver)\w*"
        r"|\bsucceeds?\b(?:[^.]{0,30}\b(?:again|there|now|normally|for most|as usual)\b)"
        r"|\bnew (?:\w+ )?(?:mail|newsletters?|items|invit\w+|bookings?|requests?|connections?|accounts)\b"
        r"[^.]{0,30}\b(?:go|are (?:not|no longer|delivered)|leave|arrive|reach|use"
        r"|is (?:not|no longer))|\bmail (?:that (?:is|are) )?(?:sent |submitted )?(?:now|from now on) (?:are|leave"
        r"|arrive|send|flow|go|reach)",
        "what failed works again",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\bno (?:further|new|more|longer)\b[^.]{0,40}\b(?:messages|mail|accounts|users|impact|failures|errors|late)\b"
        r"|\breleas(?:e|ing|ed)\b[^.]{0,40}\b(?:those|mail|messages|quarantin|step|what)"
        r"|\b(?:being|are|were) (?:replayed|released|redelivered)\b",
        "no new ones, and what was held is let go",
        r"\bwill be\b[^.]{0,20}\b(?:replayed|released)",
    ),
    Rule(
        AdvisoryState.RECOVERING,
        r"\b(?:monitor|validat|verify|confirm|watch|observ)\w*[^.]{0,60}\b(?:recover|resol|fix|mitigat|health|success"
        r"|restor|complete|returns? results|that service|to ensure|remediat)\w*"
        r"|\bextended (?:monitoring|period of monitoring)",
        "the fix is being watched",
        r"\b(?:validat|test|verify)\w* (?:a|an|our|another) (?:\w+ )?(?:fix|change|patch|solution|correction)\b"
        r"|\blimited environment\b|\bmonitoring whether\b|\bin (?:testing|our (?:test|lab))|\bwill (?:start|begin"
        r"|deploy)",
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
