"""One story for each lesson that real incidents teach; beside it, in ``told/``, what people were told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.types import Direction, Tally, Where
from tests.stories.evening import Evening, bounced, closed, held_at, issue, late, over, post, refused

TOLD = Path(__file__).parent / "told"
REFUSING = Tally(sent=40, arrived=22, refused=18)
CFM = "An influx of free/busy Control Flow Messages (CFM), and the interceptor rule that was to discard them."

MAILBOX = (
    "Users may be unable to access their mailbox",
    "Users may be unable to access their Exchange Online mailbox.",
)
SEND = ("Some users may be unable to send email", "Users may be unable to send Exchange Online email messages.")
LATE = ("Users' email may be delayed", "Users' inbound and outbound email delivery may be delayed for 15 minutes.")


def july_2023() -> Evening:
    """Tell one fault with three advisories: late, refused, stale calendars; gone, fixed too early, joined by its cause."""
    evening = Evening.starts("2023-07-17 14:50")
    evening.shows("2023-07-17 15:05", late("2023-07-17 15:00"))
    text = "User impact: Mail may be delayed.<br/>Next update by: Tuesday, July 18, 2023, at 12:00 AM UTC"
    queues = issue("EX648815", *LATE, posts=[post("2023-07-17T22:10:00Z", text)], startDateTime="2023-07-17T15:00:00Z")
    evening.lists("2023-07-17 22:10", queues)
    evening.shows("2023-07-18 05:03", refused("2023-07-18 05:00"), tally=REFUSING)
    text = "User impact: Users may be unable to send.<br/>More info: They may see '503 5.5.1 Bad sequence of commands'."
    sending = issue("EX649175", *SEND, posts=[post("2023-07-18T07:32:00Z", text)], startDateTime="2023-07-18T05:00:00Z")
    evening.lists("2023-07-18 07:32", sending)
    fixed = post("2023-07-18T10:39:00Z", f"Final status: The change has been undone. Root cause: {CFM}")
    evening.lists("2023-07-18 10:39", closed(sending, "2023-07-18T08:25:00Z", fixed))
    evening.drops("2023-07-18 10:45", "EX649175")
    evening.shows(
        "2023-07-18 11:05", over(refused("2023-07-18 05:00"), "2023-07-18 10:55"), tally=Tally(sent=40, arrived=40)
    )
    evening.shows("2023-07-18 19:36", over(late("2023-07-17 15:00"), "2023-07-18 19:30"))
    drained = post("2023-07-18T19:40:00Z", f"Final status: Queues have drained. Root cause: {CFM}")
    evening.lists("2023-07-18 19:40", closed(queues, "2023-07-18T19:30:00Z", drained))
    text = "User impact: Free/busy may be late or wrong. Root cause: A feature update sent many free/busy Control Flow Messages (CFM)."
    stale = issue(
        "EX649488", "Users' Free/Busy information may be outdated", "Users' Free/Busy information may be outdated."
    )
    evening.lists("2023-07-19 09:02", {**stale, "posts": [post("2023-07-19T09:02:00Z", text)]})
    return evening


def first_post_hours_late() -> Evening:
    """See bounces five hours before the first post (EX539594)."""
    evening = Evening.starts("2023-04-10 08:50")
    evening.shows("2023-04-10 09:02", bounced("2023-04-10 09:00"), tally=Tally(sent=40, arrived=26, bounced=14))
    text = "User impact: Users may receive '550 5.7.705' when they send to external recipients."
    raw = issue("EX539594", "Some users may be unable to send email to external recipients", text)
    posts = [post("2023-04-10T13:57:00Z", text)]
    evening.lists("2023-04-10 13:57", {**raw, "startDateTime": "2023-04-10T09:00:00Z", "posts": posts})
    evening.shows("2023-04-10 16:40", over(bounced("2023-04-10 09:00"), "2023-04-10 16:30"))
    return evening


def only_under_mo_while_blind() -> Evening:
    """Tell a mail fault that is published under an MO id while the feed cannot be read (MO1221364)."""
    evening = Evening.starts("2026-01-22 18:40")
    evening.goes_blind("2026-01-22 18:50")
    inbound = bounced("2026-01-22 19:00", Direction.INBOUND)
    evening.shows("2026-01-22 19:02", inbound, tally=Tally(sent=40, arrived=26, bounced=14))
    evening.sees_again("2026-01-23 01:00")
    text = "Users may be unable to receive email; mail from outside may be returned to its senders with '451 4.3.2'."
    raw = issue("MO1221364", "Users may be unable to receive email", text, service="Microsoft 365 suite")
    evening.lists("2026-01-23 01:00", {**raw, "startDateTime": "2026-01-22T19:10:00Z"})
    evening.shows("2026-01-23 05:10", over(inbound, "2026-01-23 05:00"))
    return evening


def two_faults_of_one_morning() -> Evening:
    """Tell the fault of mail and not the one of Copilot (EX1253275, MO1253428)."""
    evening = Evening.starts("2026-03-16 06:50")
    copilot = "Users may be unable to sign in to Microsoft Copilot on the web."
    evening.lists(
        "2026-03-16 07:40", issue("MO1253428", copilot, copilot, service="Microsoft 365 suite", feature="Copilot")
    )
    mailboxes = issue("EX1253275", *MAILBOX, startDateTime="2026-03-16T07:05:00Z")
    evening.lists("2026-03-16 08:10", mailboxes)
    evening.lists("2026-03-16 11:40", closed(mailboxes, "2026-03-16T11:00:00Z"))
    return evening


def a_first_notice() -> Evening:
    """Keep still about a first notice without an effect on anybody."""
    evening = Evening.starts("2026-04-06 07:50")
    notice = "We're looking into a potential issue and checking for impact to your organization."
    raw = issue("MO1449870", "We're looking into a potential issue", notice, service="Microsoft 365 suite")
    evening.lists("2026-04-06 08:00", {**raw, "status": "investigating", "startDateTime": "2026-04-06T08:00:00Z"})
    evening.drops("2026-04-06 09:00", "MO1449870")
    return evening


def traps() -> Evening:
    """Keep still about chat, reports and other products that sound like mail."""
    evening = Evening.starts("2026-02-11 07:50")
    for n, (id_, title, service) in enumerate([
        ("TM1233974", "Some users may see delays and failures with chat messages in Microsoft Teams", "Microsoft Teams"),
        ("TM1280599", "Users may be unable to communicate with external domains in Microsoft Teams", "Microsoft Teams"),
        ("EX1433902", "Admins may see delayed data in the email activity reports", "Exchange Online"),
    ]):  # fmt: skip
        evening.lists(f"2026-02-11 08:0{n}", issue(id_, title, f"{title}.", service=service))
    return evening


def start_moves_and_posts_repeat() -> Evening:
    """Keep our own first sight while the vendor's start moves and posts repeat and come out of order (EX703958)."""
    evening = Evening.starts("2026-03-02 08:50")
    first = post("2026-03-02T09:00:00Z", "Current status: We're looking into it.")
    later = post("2026-03-02T10:00:00Z", "Current status: We're still looking into it.")
    evening.lists("2026-03-02 09:00", issue("EX703958", *MAILBOX, posts=[first]))
    moved = issue("EX703958", *MAILBOX, posts=[later, first, first], startDateTime="2026-02-24T00:00:00Z")
    evening.lists("2026-03-02 10:00", moved)
    evening.lists(
        "2026-03-02 10:05", {**moved, "posts": [later, later, first], "startDateTime": "2026-03-01T12:00:00Z"}
    )
    return evening


def gone_is_not_fixed() -> Evening:
    """Say that the advisory is gone, ask the test messages, and call it over only by them (EX649175)."""
    evening = Evening.starts("2026-03-02 07:50")
    evening.shows("2026-03-02 08:02", refused("2026-03-02 08:00"), tally=REFUSING)
    evening.lists("2026-03-02 09:00", issue("EX649175", *SEND))
    evening.drops("2026-03-02 10:39", "EX649175")
    evening.shows("2026-03-02 13:10", over(refused("2026-03-02 08:00"), "2026-03-02 13:00"))
    return evening


def fixed_too_early_under_a_new_id() -> Evening:
    """Reopen under the old incident what was closed too early (EX1256020, EX1268771)."""
    evening = Evening.starts("2026-04-01 05:50")
    title = "Some users may be unable to access their mailbox in Outlook for Mac"
    one = issue("EX1256020", title, f"{title}.", startDateTime="2026-04-01T05:00:00Z")
    evening.lists("2026-04-01 06:00", one)
    evening.lists("2026-04-01 15:00", closed(one, "2026-04-01T14:30:00Z"))
    two = issue("EX1268771", title, f"{title}.", startDateTime="2026-04-02T19:14:14Z")
    evening.lists("2026-04-02 19:15", two)
    evening.lists("2026-04-03 23:00", closed(two, "2026-04-03T22:30:00Z"))
    return evening


def a_false_positive_ends_an_advisory_not_a_fault() -> Evening:
    """Hold a false positive against what the test messages show (LY220759)."""
    evening = Evening.starts("2026-03-02 07:50")
    evening.shows("2026-03-02 08:02", refused("2026-03-02 08:00"), tally=REFUSING)
    raw = issue("EX220759", *SEND)
    evening.lists("2026-03-02 09:00", raw)
    false = closed(
        raw, "2026-03-02T10:00:00Z", post("2026-03-02T10:00:00Z", "We determined that this was a false positive.")
    )
    evening.lists("2026-03-02 10:00", {**false, "status": "falsePositive"})
    evening.shows("2026-03-02 12:10", over(refused("2026-03-02 08:00"), "2026-03-02 12:00"))
    return evening


def reports_that_follow() -> Evening:
    """Keep still about post-incident reports, repeated ones too (FM298724)."""
    evening = Evening.starts("2026-03-02 07:50")
    raw = issue("EX298724", *MAILBOX)
    evening.lists("2026-03-02 08:00", raw)
    done = closed(raw, "2026-03-02T09:00:00Z")
    evening.lists("2026-03-02 09:10", done)
    report = post("2026-03-05T10:00:00Z", "A post-incident report has been published.")
    for minute in ("00", "05", "10"):
        evening.lists(
            f"2026-03-05 10:{minute}", {**done, "status": "postIncidentReviewPublished", "posts": [report, report]}
        )
    return evening


def a_network_that_flaps() -> Evening:
    """Tell a fault that comes and goes every half hour as one (25 January 2023)."""
    evening = Evening.starts("2023-01-25 06:50")
    for n, hour in enumerate(("07:00", "07:30", "08:00", "08:30")):
        start, end = f"2023-01-25 {hour}", f"2023-01-25 {hour[:3]}{int(hour[3:]) + 20}"
        trouble = refused(start, stretch=str(n))
        evening.shows(f"{start[:-1]}2", trouble, tally=REFUSING)
        evening.shows(end, over(trouble, end))
    evening.until("2023-01-25 10:00")
    return evening


def related_and_not_the_same() -> Evening:
    """Show two mailbox faults of one morning side by side (EX1321282, EX1320296)."""
    evening = Evening.starts("2026-05-24 23:00")
    one = issue("EX1321282", "Users were intermittently unable to access Exchange Online", MAILBOX[1])
    evening.lists("2026-05-24 23:30", {**one, "startDateTime": "2026-05-24T23:00:00Z"})
    two = issue("EX1321296", "Users in the UK may be unable to access their mailbox through any method", MAILBOX[1])
    evening.lists("2026-05-25 06:30", {**two, "startDateTime": "2026-05-25T06:10:00Z"})
    return evening


def another_id_in_a_post() -> Evening:
    """Join an advisory whose post names another one (EX571516, MO572252)."""
    evening = Evening.starts("2023-06-05 14:40")
    web = "Some users may be unable to access Outlook on the web"
    evening.lists("2023-06-05 14:50", issue("EX571516", web, f"{web}.", startDateTime="2023-06-05T14:15:00Z"))
    text = "User impact: Users may be unable to access their mailbox. More info: This is a recurrence of EX571516."
    raw = issue("MO572252", "Users may be unable to access multiple services and their mailbox", text)
    evening.lists("2023-06-05 18:30", {**raw, "posts": [post("2023-06-05T18:30:00Z", text)]})
    return evening


def a_blind_feed() -> Evening:
    """Tell that we cannot see the vendor's word, and that mail flows (21 June 2026)."""
    evening = Evening.starts("2026-06-21 07:50")
    evening.goes_blind("2026-06-21 08:00")
    evening.sees_again("2026-06-21 13:00")
    return evening


def late_inside_microsoft() -> Evening:
    """Say that incoming mail waits inside Microsoft, by what Exchange itself measures, before they say a word."""
    evening = Evening.starts("2026-03-02 07:50")
    found = held_at("2026-03-02 08:00", Where.MICROSOFT, minutes=14)
    evening.shows("2026-03-02 08:20", found)
    evening.shows("2026-03-02 09:40", over(found, "2026-03-02 09:30"))
    return evening


def late_before_microsoft() -> Evening:
    """Say that Microsoft does not take the mail of outsiders, whose own servers hold it meanwhile."""
    evening = Evening.starts("2026-03-02 07:50")
    evening.shows("2026-03-02 08:20", held_at("2026-03-02 08:00", Where.BEFORE, minutes=13))
    return evening


def late_by_a_clock_that_is_wrong() -> Evening:
    """Claim no place where the times between servers are estimates."""
    evening = Evening.starts("2026-03-02 07:50")
    evening.shows("2026-03-02 08:20", held_at("2026-03-02 08:00", None, minutes=0))
    return evening


STORIES: list[Callable[[], Evening]] = [
    july_2023,
    first_post_hours_late,
    only_under_mo_while_blind,
    two_faults_of_one_morning,
    a_first_notice,
    traps,
    start_moves_and_posts_repeat,
    gone_is_not_fixed,
    fixed_too_early_under_a_new_id,
    a_false_positive_ends_an_advisory_not_a_fault,
    reports_that_follow,
    a_network_that_flaps,
    related_and_not_the_same,
    another_id_in_a_post,
    a_blind_feed,
    late_inside_microsoft,
    late_before_microsoft,
    late_by_a_clock_that_is_wrong,
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_people_are_told_word_for_word(story: Callable[[], Evening]) -> None:
    """The story's own sentence says what it teaches."""
    assert story().told() == (TOLD / f"{story.__name__}.txt").read_text()


def test_every_text_belongs_to_a_story() -> None:
    """Nothing is left over."""
    assert {path.stem for path in TOLD.iterdir()} == {story.__name__ for story in STORIES}
