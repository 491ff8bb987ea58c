"""What shows that an open fault is getting better: a fix in place, or what failed working again."""

from bot.advisories.rules import Rule
from bot.types import AdvisoryState

_FIX = (
    r"(?:fix|correction|change|mitigation|update|rule|configuration|setting|solution|patch|repair|build|roll-?back"
    r"|reversion|remedy|workaround|adjust\w*|optimi[sz]ations?|limit|deployment|roll-?out|certificates?|detection"
    r"|switch|failover|signature|definition|model|filter|verdict|url|domain)(?:es|s)?"
)
_DONE = (
    r"(?:appl|deploy|revert|roll|disabl|correct|switch|turn|remov|withdraw|undo|tak|complet|implement|restor|repair"
    r"|replac|renew|releas|mov|redirect|rerout|fail|rebalanc|restart|publish|updat|mitigat|fix|resolv|address|increas"
    r"|adjust|add|reset|clear|isolat|scal|block|lift|stopp|revers|put (?:right|back)|set (?:right|back)|throttl"
    r"|expand|enabl|ship|install|push|rebuilt|rais)\w*"
)
_FLOWS = r"(?:arrive|flow|leave|work|open|load|deliver|send|sign|connect|receive|access|succeed|complete|go|move|take)"
# What engineers do before anything gets better.
_LOOKED = (
    r"(?:identif|determin|confirm|found|begun|start|receiv|collect|gather|isolat|reproduc|seen|link|trac|engag|reach"
    r"|ask|narrow|notic|learn|review|observ|rul|prepar|develop|schedul|plan|analy|investigat|open|captur|request"
    r"|been|had"
    r"|heard|look|got|work|test|validat|built|written|contact|inform|examin|compar|assess|monitor|watch|decid|chosen"
    r"|select|conclud|establish|understood|discover|detect|made|tried|attempt|rais|believ|track|assign|escalat|involv"
    r"|consider|evaluat|explor|log|report|locat|pinpoint|diagnos|attribut|correlat|match|measur|record|need|expect"
    r"|agreed|suspend|paus|halt|delay|experienc|encounter|fail|delayed|updat\w* (?:you|this|the (?:estimate|title"
    r"|scope)))"
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
        r"|examin|investigat|compar|analy)\w*"
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
        r"\b(?:last known good|(?:has|have) been (?:fully |partly |now )?(?:restored|repaired|corrected|fixed"
        r"|reverted|undone|rectified|put right|taken back|rolled back|withdrawn|renewed)|brought (?:up|back)"
        r"|back up|up and running|online again|back into (?:service|rotation"
        r"|production|operation))\b|\bwill have (?:left|arrived"
        r"|been|gone"
        r"|cleared)\b|\b(?:backlog|queues?|pile)\b[^.]{0,40}\b(?:worked off|cleared|clearing|empt\w*|going down"
        r"|smaller)\b"
        r"|\b(?:has|have) put (?:\w+ ){0,4}(?:right|in order)\b",
        "what is left is being cleared",
        r"\b(?:to|how|once|if|when)\b[^.]{0,20}\b(?:clear|back into)|\bonce\b|\buntil\b|\bnot been\b",
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
        r"|time)\b[^.]{0,40}\b(?:down (?:by|to)|dropp|drop|declin|shrink|shrunk|decreas|lessen|fall|fell|going down"
        r"|go down|half)(?:e"
        r"|es|s|ed|ing)?\b|\b(?:backlog|queues?|errors?|failures?|reports?|numbers?|times?)\b[^.]{0,40}\b(?:smaller"
        r"|shorter|fewer|rarer|less)\b"
        r"|\b(?:fewer|less) (?:\w+ )?(?:errors?|failures?|users?|reports?|requests?|time-?outs?|mail)\b|\b(?:falling"
        r"|down from|less than before)\b|\b\d\d(?:\.\d)? ?(?:%|percent)|\b(?:working (?:its way )?through"
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
