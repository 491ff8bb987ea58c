"""What the vendor says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.types.base import Direction, Symptom


class Action(StrEnum):
    """The most useful thing that an ordinary user can do now."""

    RESEND_BOUNCED = "resend_bounced"
    WAIT = "wait"
    RETRY_LATER = "retry_later"
    USE_ANOTHER_CLIENT = "use_another_client"
    CHECK_QUARANTINE = "check_quarantine"
    ASK_PEOPLE = "ask_people"
    USE_ANOTHER_CHANNEL = "use_another_channel"
    BEWARE_SPAM = "beware_spam"
    TELL_ADMIN = "tell_admin"
    NOTHING = "nothing"


class AdvisoryState(StrEnum):
    """Where an advisory stands by its newest real post."""

    PRE_ALERT = "pre_alert"
    ONGOING = "ongoing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"


class Topic(StrEnum):
    """What exactly is hit, finer than the symptom, so that a sentence can name it."""

    ADDRESS_BOOK = "address_book"
    ADD_INS = "add_ins"
    ANNOUNCEMENT = "announcement"
    ARCHIVE = "archive"
    ATTACHMENTS = "attachments"
    AUTO_REPLIES = "auto_replies"
    BLOCK_LIST = "block_list"
    CALENDARS = "calendars"
    DUPLICATES = "duplicates"
    ENCRYPTED = "encrypted"
    FORGED = "forged"
    FUNCTION = "function"
    FREE_BUSY = "free_busy"
    IMAGES = "images"
    INVITES = "invites"
    LARGE = "large"
    LINKS = "links"
    LISTS = "lists"
    NOTICES = "notices"
    OUTBOX = "outbox"
    OUTSIDE = "outside"
    PROGRAMS = "programs"
    PROMPTS = "prompts"
    PUBLIC_FOLDERS = "public_folders"
    QUARANTINE = "quarantine"
    QUARANTINE_NOTICES = "quarantine_notices"
    RESTRICTED = "restricted"
    RESTART = "restart"
    ROOMS = "rooms"
    RULES = "rules"
    SHARED_MAILBOX = "shared_mailbox"
    SIGN_IN = "sign_in"
    ZIP = "zip"


class Client(StrEnum):
    """A way to the mailbox."""

    CLASSIC = "classic"
    DESKTOP = "desktop"
    NEW = "new"
    MAC = "mac"
    WEB = "web"
    PHONE = "phone"
    ACTIVESYNC = "activesync"
    IMAP = "imap"
    POP = "pop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post of an advisory as plain text: HTML, entities and repeated posts are gone."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an advisory means."""

    id: str
    source: str
    title: str
    service: str
    is_mail: bool
    symptom: Symptom
    direction: Direction
    action: Action
    state: AdvisoryState
    status: str
    """The vendor's own word, unknown ones kept raw."""
    codes: tuple[str, ...] = ()
    scope: str = ""
    """Who is hit, in the vendor's words."""
    places: tuple[str, ...] = ()
    """Parts of the world that the scope names, such as ``Europe``."""
    topics: tuple[Topic, ...] = ()
    failing: tuple[Client, ...] = ()
    """Ways to the mailbox that are said to fail; empty where it is all of them, or none is named."""
    working: tuple[Client, ...] = ()
    """Ways to the mailbox that are said to work."""
    lateness: timedelta | None = None
    """The longest delay of mail that the vendor names."""
    parties: tuple[str, ...] = ()
    """Companies and mail services that the advisory names as the other side, such as ``Gmail``."""
    product: str = ""
    """The product that is hit where it is not mail."""
    cause: str = ""
    """The root cause in the vendor's words, for joining by rare words; never shown to users."""
    quotes: tuple[str, ...] = ()
    """Ids of other advisories named in title, impact or posts."""
    start: datetime | None = None
    end: datetime | None = None
    modified: datetime | None = None
    next_update: datetime | None = None
    """When the newest post promises the next one; None where the printed date cannot be true."""
    posts: tuple[Post, ...] = ()
    """In order of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An advisory in an incident, with both times: the vendor's, inside the reading, and when we saw it."""

    reading: Reading
    first_seen: datetime
    changed: datetime
    """When we last saw the reading change."""
    closed_seen: datetime | None = None
    """When we first saw it closed."""
    gone: datetime | None = None
    """Since when the feed lists it no more for us."""
    joined_by: str = ""
    """Why it is here: ``opened``, ``quoted``, ``cause``, ``title``, ``canary`` or a person's name."""
