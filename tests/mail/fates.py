"""Every fate of a test message: what shows it, what people are told of it, and which test has real servers bring it about.

``docs/canaries.md`` holds this as a table.
"""

from dataclasses import dataclass

from bot.detect.flights import Fate
from bot.mail import Accepted, FateUnknown, NoAnswer, OwnTrouble, Refusal
from bot.mail.bounces import Action
from bot.types import Arrived, Bounced, Duplicated, Refused, Sent, SourceBack, SourceBlind, Unreachable

TOLD, SERVERS, FAILURES = "test_real_faults", "test_real_servers", "test_real_failures"
"""The modules with those tests."""
NOTHING = "Nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    shows: tuple[type | Fate | Action, ...]
    """What the program calls it, from handing over to the detector."""
    told: str
    """The first words that people read; ``NOTHING`` where all is well, with the reason after a colon."""
    module: str = TOLD
    test: str

    @property
    def line(self) -> str:
        """Give the line as Markdown."""
        shows = ", ".join(f"`{one.__name__ if isinstance(one, type) else one.name}`" for one in self.shows)
        return f"| {self.what} | {shows} | {self.told} | `{self.module}.py`: `{self.test}` |"


HEAD = ("| what happens | in the program | what people are told | shown by real servers |", "|---|---|---|---|")

WELL = Row(
    what="It arrives",
    shows=(Accepted, Sent, Arrived, Fate.ARRIVED),
    told=f"{NOTHING}: mail is well",
    test="test_mail_that_arrives_is_nothing_to_tell",
)
REFUSED = Row(
    what="It is refused for good: at TLS, `MAIL`, `RCPT` or `DATA`",
    shows=(Refusal, Refused, Fate.REFUSED),
    told="Sending mail fails.",
    test="test_what_is_refused_is_told",
)
REFUSED_FOR_NOW = Row(
    what="It is refused for a while (4xx): at connect, `AUTH`, `RCPT`",
    shows=(Refusal, Refused, Fate.REFUSED),
    told="Mail is refused for now, and goes out late.",
    test="test_what_is_refused_for_a_while_is_told_as_such",
)
UNREACHABLE = Row(
    what="No server answers: no such name, nobody listens, the line is dropped, no answer in time",
    shows=(NoAnswer, Unreachable, Fate.UNREACHABLE),
    told="Sending mail fails.",
    test="test_a_server_that_cannot_be_reached_is_told",
)
UNKNOWN = Row(
    what="The line breaks while it is handed over: it is looked for, and never sent again",
    shows=(FateUnknown, Sent),
    told=f"{NOTHING}, if it arrives; else as late or missing",
    module=SERVERS,
    test="test_a_message_whose_answer_was_lost_arrives_all_the_same",
)
BOUNCED = Row(
    what="A report of non-delivery comes back (RFC 3464)",
    shows=(Bounced, Action.FAILED, Fate.BOUNCED),
    told="Mail to people outside bounces.",
    test="test_what_bounces_is_told",
)
PLAINLY_BOUNCED = Row(
    what="A report comes back that does not keep to RFC 3464",
    shows=(Bounced, Action.FAILED, Fate.BOUNCED),
    told="Mail to people outside bounces.",
    test="test_what_bounces_is_told",
)
DELAY_NOTICE = Row(
    what="A notice comes back that it is delayed",
    shows=(Action.DELAYED, Fate.UNDER_WAY),
    told=f"{NOTHING} for the notice: it is no bounce, the message is under way",
    test="test_a_notice_of_a_delay_is_no_bounce",
)
LATE = Row(
    what="It is late, under way or arrived",
    shows=(Fate.UNDER_WAY, Arrived),
    told="Outgoing mail is late.",
    test="test_what_is_late_is_told_while_it_is_under_way",
)
MISSING = Row(
    what="It has not arrived by the deadline",
    shows=(Fate.LOST,),
    told="Outgoing mail does not arrive.",
    test="test_what_never_arrives_is_told_after_the_deadline",
)
JUNK = Row(
    what="It lands in Junk",
    shows=(Arrived,),
    told="3 of the last 10 test messages landed in Junk.",
    test="test_what_lands_in_junk_is_said",
)
TWICE = Row(
    what="It arrives twice",
    shows=(Duplicated,),
    told="2 test messages of the last ten minutes arrived twice.",
    test="test_what_arrives_twice_is_said",
)
OWN_TROUBLE = Row(
    what="The canary's own trouble: a wrong password, a full mailbox, throttling",
    shows=(OwnTrouble, SourceBlind),
    told="Our own test mailbox alice does not work.",
    test="test_the_canarys_own_trouble_is_no_outage",
)
OWN_BOUNCE = Row(
    what="The canary's own trouble, by a report: the mailbox at the end is full",
    shows=(Bounced, Fate.VOID),
    told="We cannot see how mail is doing from here.",
    test="test_a_full_mailbox_at_the_end_is_no_outage",
)
UNREADABLE = Row(
    what="The mailbox cannot be looked into",
    shows=(SourceBlind, Fate.UNDER_WAY),
    told="Our own test mailbox locked does not work.",
    test="test_a_mailbox_that_cannot_be_looked_into_is_no_outage",
)
READABLE = Row(
    what="It can be looked into again",
    shows=(SourceBack,),
    told="Our own test mailbox locked works again.",
    test="test_a_mailbox_that_cannot_be_looked_into_is_no_outage",
)

FATES = (
    WELL,
    REFUSED,
    REFUSED_FOR_NOW,
    UNREACHABLE,
    UNKNOWN,
    BOUNCED,
    PLAINLY_BOUNCED,
    DELAY_NOTICE,
    LATE,
    MISSING,
    JUNK,
    TWICE,
    OWN_TROUBLE,
    OWN_BOUNCE,
    UNREADABLE,
    READABLE,
)
