"""Sentences about one advisory, by what is felt, in which direction, and what to do; each is told as it stands."""

from collections.abc import Mapping

from bot.types import Action, Client, Direction, Symptom, Topic
from bot.words.catalogue import mark

ANY = Direction.NONE
"""The sentence for directions that have none of their own."""

NOW: Mapping[Symptom, Mapping[Direction, str]] = {
    Symptom.SEND_FAILS: {
        ANY: mark("Sending mail fails: it is refused at once."),
        Direction.INTERNAL: mark("Sending mail to colleagues fails: it is refused at once."),
        Direction.BOTH: mark("Sending mail fails, and receiving it may fail too."),
    },
    Symptom.BOUNCED: {
        ANY: mark("Mail that you send bounces: it comes back to you as undelivered."),
        Direction.INBOUND: mark("Mail to you bounces: people outside get it back, although the address is right."),
        Direction.INTERNAL: mark("Mail to colleagues bounces: it comes back to you, although the address is right."),
        Direction.BOTH: mark("Mail bounces both ways, what you send and what others send to you."),
    },
    Symptom.DELAYED: {
        ANY: mark("Mail is late both ways, what you send and what you receive."),
        Direction.OUTBOUND: mark("Mail that you send is late."),
        Direction.INBOUND: mark("Incoming mail is late."),
        Direction.INTERNAL: mark("Mail between colleagues is late."),
    },
    Symptom.LOST: {ANY: mark("Some mail does not arrive at all.")},
    Symptom.CANNOT_ACCESS_MAILBOX: {ANY: mark("The mailbox cannot be opened, or only at times. No mail is lost.")},
    Symptom.CLIENT_ONLY: {
        ANY: mark("Mail cannot be opened or used in {clients}. No mail is lost."),
        Direction.OUTBOUND: mark("Mail cannot be sent with {clients}."),
        Direction.INBOUND: mark("New mail does not show in {clients}. No mail is lost."),
    },
    Symptom.SEARCH_BROKEN: {
        ANY: mark("Search in mail fails or misses messages. They are still there, in their folder."),
    },
    Symptom.CALENDAR_STALE: {ANY: mark("The calendar may be old or wrong.")},
    Symptom.QUARANTINED: {
        ANY: mark("Good mail is taken for spam or phishing by mistake, and held in quarantine."),
        Direction.INBOUND: mark("Good mail to you is taken for spam or phishing by mistake, and held in quarantine."),
        Direction.OUTBOUND: mark("Good mail that you send is taken for spam by mistake, and held in quarantine."),
    },
    Symptom.SPAM_MISSED: {ANY: mark("Spam and phishing mail gets through to the inbox.")},
}

WAS: Mapping[Symptom, Mapping[Direction, str]] = {
    Symptom.SEND_FAILS: {ANY: mark("Sending mail failed. This is fixed.")},
    Symptom.BOUNCED: {
        ANY: mark("Mail that you sent bounced: it came back as undelivered. This is fixed."),
        Direction.INBOUND: mark("Mail to you bounced: people outside had it returned. This is fixed."),
        Direction.INTERNAL: mark("Mail to colleagues bounced: it came back as undelivered. This is fixed."),
    },
    Symptom.DELAYED: {
        ANY: mark(
            "Mail was late both ways, sent and received. This is fixed, and what was held up has been delivered."
        ),
        Direction.OUTBOUND: mark("Mail that you sent was late. This is fixed, and what was held up has left."),
        Direction.INBOUND: mark("Incoming mail was late. This is fixed, and what was held up has arrived."),
        Direction.INTERNAL: mark("Mail between colleagues was late. This is fixed."),
    },
    Symptom.LOST: {ANY: mark("Some mail did not arrive. This is fixed.")},
    Symptom.CANNOT_ACCESS_MAILBOX: {ANY: mark("The mailbox could not be opened. This is fixed. No mail was lost.")},
    Symptom.CLIENT_ONLY: {ANY: mark("Mail could not be opened or used in {clients}. This is fixed.")},
    Symptom.SEARCH_BROKEN: {ANY: mark("Search in mail failed or missed messages. This is fixed.")},
    Symptom.CALENDAR_STALE: {ANY: mark("The calendar was old or wrong, free/busy times among it. This is fixed.")},
    Symptom.QUARANTINED: {
        ANY: mark("Good mail was taken for spam or phishing by mistake, and held in quarantine. This is fixed."),
        Direction.OUTBOUND: mark("Good mail that you sent was taken for spam by mistake and held. This is fixed."),
    },
    Symptom.SPAM_MISSED: {ANY: mark("Spam and phishing mail got through to the inbox. This is fixed.")},
}

# A topic that says it better than the symptom alone.
TOPICAL: Mapping[tuple[Symptom, Topic], str] = {
    (Symptom.DELAYED, Topic.OUTBOX): mark("Mail that you send stays in the Outbox and leaves late."),
    (Symptom.SEND_FAILS, Topic.SHARED_MAILBOX): mark("Sending mail from a shared mailbox fails."),
    (Symptom.BOUNCED, Topic.RESTRICTED): mark("Mail that you send bounces if your account was blocked by mistake."),
    (Symptom.SEND_FAILS, Topic.RESTRICTED): mark("Sending mail fails if your account was blocked by mistake."),
    (Symptom.CALENDAR_STALE, Topic.FREE_BUSY): mark("Free/busy times in the calendar may be old, wrong or missing."),
    (Symptom.CALENDAR_STALE, Topic.ROOMS): mark("Booking rooms in the calendar goes wrong, or is late."),
    (Symptom.CALENDAR_STALE, Topic.INVITES): mark("Meeting invitations go wrong, so the calendar may be old or wrong."),
    (Symptom.CALENDAR_STALE, Topic.CALENDARS): mark("Shared calendars and other entries may be old, late or wrong."),
    (Symptom.SPAM_MISSED, Topic.FORGED): mark("Fake mail in the names of other people gets through to the inbox."),
    (Symptom.CANNOT_ACCESS_MAILBOX, Topic.SHARED_MAILBOX): mark("Shared mailboxes cannot be opened. No mail is lost."),
    (Symptom.OTHER, Topic.QUARANTINE_NOTICES): mark(
        "Notices about mail in quarantine come late, not at all, or to the wrong people."
    ),
    (Symptom.OTHER, Topic.QUARANTINE): mark("Quarantine cannot be opened or used as it should."),
    (Symptom.OTHER, Topic.ATTACHMENTS): mark("Attachments of mail cannot be opened or downloaded."),
    (Symptom.OTHER, Topic.ARCHIVE): mark("The archive of old mail does not work as it should. No mail is lost."),
    (Symptom.OTHER, Topic.ENCRYPTED): mark("Encrypted mail cannot be opened or sent."),
    (Symptom.OTHER, Topic.RULES): mark("Rules for mail, such as inbox rules, do not run as they should."),
    (Symptom.OTHER, Topic.AUTO_REPLIES): mark("Automatic replies, such as out of office, do not work as they should."),
    (Symptom.OTHER, Topic.ADDRESS_BOOK): mark("The address book and contacts do not work as they should."),
    (Symptom.OTHER, Topic.PUBLIC_FOLDERS): mark("Public folders cannot be opened."),
    (Symptom.OTHER, Topic.ADD_INS): mark("Add-ins in Outlook do not work as they should."),
    (Symptom.OTHER, Topic.DUPLICATES): mark("Some mail comes twice. The copies can be deleted."),
    (Symptom.OTHER, Topic.IMAGES): mark("Pictures do not show, in mail or of people."),
    (Symptom.OTHER, Topic.LISTS): mark("Mail groups and lists do not work as they should."),
    (Symptom.OTHER, Topic.NOTICES): mark("Notices about new mail do not come as they should. The mail itself does."),
}
TOPICAL_WAS: Mapping[Topic, str] = {
    Topic.QUARANTINE_NOTICES: mark("Notices about mail in quarantine went wrong. This is fixed."),
    Topic.ATTACHMENTS: mark("Attachments of mail could not be opened. This is fixed."),
    Topic.ARCHIVE: mark("Old mail did not move to the archive as it should. This is fixed."),
}

ONE_FUNCTION = mark("A part of mail does not work in {clients}.")
"""One function fails in one program; the mailbox can be opened there."""
ONE_CALENDAR = mark("The calendar may be old or wrong in {clients}.")
NO_NOTICES = mark("Notices about new mail do not come in {clients}. The mail itself does.")
RETURNED = mark("Sending mail fails: it is refused, or it bounces.")
"""Sending fails at once, and what was refused is named by a code or a report."""
FROM_OUTSIDE = mark("This is about mail from people outside.")
TO_OUTSIDE = mark("This is about mail to people outside.")

THEIRS: Mapping[Direction, str] = {
    ANY: mark("This is about mail from or to {parties}."),
    Direction.INBOUND: mark("This is about mail from {parties}."),
    Direction.OUTBOUND: mark("This is about mail to {parties}."),
}

# Which mail it is, where the symptom leaves that open.
ABOUT: Mapping[Topic, str] = {
    Topic.LARGE: mark("This is about mail with large attachments."),
    Topic.ATTACHMENTS: mark("This is about mail with attachments."),
    Topic.INVITES: mark("This is about meeting invitations."),
    Topic.IMAGES: mark("This is about mail with pictures."),
    Topic.LINKS: mark("This is about mail with certain links."),
    Topic.LISTS: mark("This is about mail to groups and lists."),
    Topic.PROGRAMS: mark("This is about mail that programs, printers and scanners send."),
    Topic.ENCRYPTED: mark("This is about encrypted mail."),
    Topic.SHARED_MAILBOX: mark("This is about shared mailboxes."),
    Topic.OUTSIDE: mark("This is about mail from or to people outside."),
}

# What else helps to know it by, or to get round it.
HINTS: Mapping[tuple[Topic, frozenset[Symptom]], str] = {
    (Topic.BLOCK_LIST, frozenset((Symptom.BOUNCED, Symptom.SEND_FAILS, Symptom.DELAYED))): mark(
        "The other side's filter has blocked Microsoft's address."
    ),
    (Topic.PROMPTS, frozenset((Symptom.CLIENT_ONLY, Symptom.CANNOT_ACCESS_MAILBOX))): mark(
        "People are asked for their password over and over."
    ),
    (Topic.ZIP, frozenset((Symptom.BOUNCED, Symptom.SEND_FAILS))): mark(
        "A file that is put in a zip file gets through."
    ),
    (Topic.RESTART, frozenset((Symptom.CLIENT_ONLY, Symptom.CANNOT_ACCESS_MAILBOX, Symptom.OTHER))): mark(
        "It may help to restart Outlook."
    ),
}

DO: Mapping[Action, str] = {
    Action.RESEND_BOUNCED: mark(
        "The fault is not yours. What was refused does not go out by itself: resend it once mail gets through."
    ),
    Action.WAIT: mark("It mends by itself, so please wait."),
    Action.RETRY_LATER: mark("Try again later. For what is urgent, call or chat."),
    Action.USE_ANOTHER_CLIENT: mark("For now, use {clients}."),
    Action.CHECK_QUARANTINE: mark("If you miss a message, look in quarantine and check the junk folder."),
    Action.ASK_PEOPLE: mark("Ask people before you rely on what it shows."),
    Action.USE_ANOTHER_CHANNEL: mark("For what is urgent, call or chat."),
    Action.BEWARE_SPAM: mark("Be careful: do not open or click what looks odd, and do not answer it."),
    Action.TELL_ADMIN: mark("Tell your IT team: only an admin can put it right."),
    Action.NOTHING: mark("You need to do nothing."),
}
DO_ABOUT: Mapping[tuple[Action, Symptom, Direction], str] = {
    (Action.RESEND_BOUNCED, Symptom.BOUNCED, Direction.OUTBOUND): mark(
        "The fault is not yours. What bounced is lost until you resend it, and that helps only once mail gets through."
    ),
    (Action.RESEND_BOUNCED, Symptom.BOUNCED, Direction.INTERNAL): mark(
        "The fault is not yours. What bounced is lost until you resend it, and that helps only once mail gets through."
    ),
    (Action.RESEND_BOUNCED, Symptom.BOUNCED, Direction.BOTH): mark(
        "The fault is not yours. What bounced is lost until it is sent again, and that helps only once mail gets "
        "through."
    ),
    (Action.RESEND_BOUNCED, Symptom.BOUNCED, Direction.INBOUND): mark(
        "This is not your fault. Call if it is urgent. Once mail gets through, ask the senders to resend what bounced."
    ),
    (Action.WAIT, Symptom.DELAYED, Direction.OUTBOUND): mark(
        "It goes out by itself, so please wait and do not send it twice."
    ),
    (Action.WAIT, Symptom.DELAYED, Direction.INBOUND): mark(
        "It comes by itself, so please wait. Nobody needs to send it twice."
    ),
    (Action.WAIT, Symptom.DELAYED, Direction.INTERNAL): mark(
        "It arrives by itself, so please wait and do not send it twice."
    ),
    (Action.WAIT, Symptom.DELAYED, Direction.BOTH): mark(
        "It arrives by itself, so please wait and do not send it twice."
    ),
    (Action.RETRY_LATER, Symptom.SEND_FAILS, Direction.OUTBOUND): mark(
        "Keep the draft and try again later. For what is urgent, call or chat."
    ),
    (Action.RETRY_LATER, Symptom.SEARCH_BROKEN, Direction.NONE): mark("Browse the folder, or try again later."),
    (Action.CHECK_QUARANTINE, Symptom.QUARANTINED, Direction.OUTBOUND): mark(
        "Ask people to look in quarantine and the junk folder before you send it twice."
    ),
    (Action.WAIT, Symptom.QUARANTINED, Direction.OUTBOUND): mark(
        "Do not send it twice: it is let go later. For what is urgent, call or chat."
    ),
}
SEND_AS_SELF = mark("Send from your own address, or try again later.")
DO_TOPIC: Mapping[tuple[Action, Topic], str] = {
    (Action.WAIT, Topic.OUTBOX): mark("Leave it in the Outbox and wait: it goes out by itself. Do not send it twice."),
    (Action.USE_ANOTHER_CHANNEL, Topic.LARGE): mark("Put the file in OneDrive and send a link to it."),
    (Action.USE_ANOTHER_CHANNEL, Topic.ATTACHMENTS): mark("Put the file in OneDrive and send a link to it."),
    (Action.ASK_PEOPLE, Topic.FREE_BUSY): mark("Ask people when they are free before you book."),
    (Action.ASK_PEOPLE, Topic.ROOMS): mark("Ask or call to confirm that the room is yours."),
    (Action.TELL_ADMIN, Topic.RESTRICTED): mark("Tell your IT team: only an admin can take the account off the list."),
}
AFTER: Mapping[Symptom, str] = {
    Symptom.QUARANTINED: mark("If you still miss a message, look in the junk folder. You need to do nothing else."),
}
AFTER_RESEND: Mapping[Direction, str] = {
    ANY: mark("What bounced does not go out by itself: resend it now."),
    Direction.INBOUND: mark("What bounced does not come by itself: ask the senders to resend it now."),
}

CLIENTS: Mapping[Client, str] = {
    Client.CLASSIC: mark("classic Outlook on the computer"),
    Client.DESKTOP: mark("Outlook on the computer"),
    Client.NEW: mark("new Outlook for Windows"),
    Client.MAC: mark("Outlook for Mac"),
    Client.WEB: mark("Outlook on the web"),
    Client.PHONE: mark("mobile apps on the phone"),
    Client.ACTIVESYNC: mark("mail apps of phones (ActiveSync)"),
    Client.IMAP: mark("mail programs that use IMAP"),
    Client.POP: mark("mail programs that use POP"),
}

PRINTED: Mapping[Client, tuple[str, ...]] = {
    Client.CLASSIC: ("classic",),
    Client.DESKTOP: ("desktop", "for windows"),
    Client.NEW: ("new outlook",),
    Client.MAC: ("mac",),
    Client.WEB: ("on the web", "owa", "browser"),
    Client.PHONE: ("mobile", "phone", "ios", "android", "ipad"),
    Client.ACTIVESYNC: ("activesync", "eas"),
    Client.IMAP: ("imap",),
    Client.POP: ("pop",),
}
"""How a vendor's title names a way to the mailbox, in lower case."""

PLACES: tuple[str, ...] = (
    mark("North America"),
    mark("South America"),
    mark("the Americas"),
    mark("the United States"),
    mark("Canada"),
    mark("Europe"),
    mark("the United Kingdom"),
    mark("Germany"),
    mark("France"),
    mark("Switzerland"),
    mark("the Middle East"),
    mark("Africa"),
    mark("Asia Pacific"),
    mark("Japan"),
    mark("India"),
    mark("Australia"),
    mark("Brazil"),
)
"""Parts of the world by the names that readings give them."""
