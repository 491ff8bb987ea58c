"""The status page's own sentences; what an incident means is said by the messages themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from babel.dates import format_date

from bot.types import CALENDAR, CalendarNow, Direction, Moment, Severity, Symptom, Tally, Text
from bot.words.catalogue import Catalogue, Value


class Line(StrEnum):
    """A sentence of the page, in English, as the catalogues know it."""

    TITLE = "Mail status"
    SKIP = "Skip to the status"
    FLOWS = "Mail is flowing."
    FLOWS_ADVICE = "Nothing to do. Test messages arrive as usual."
    BLIND = "We cannot see whether mail flows."
    BLIND_ADVICE = "This is our own blindness, and says nothing about your mail. Look again in a few minutes."
    PARTLY_BLIND = "We see no trouble, but we cannot see everything."
    PARTLY_BLIND_ADVICE = "What we can measure arrives as usual."
    SUSPECTED = "Something looks wrong; we are checking."
    SUSPECTED_ADVICE = "More test messages are on their way. This page says so as soon as it is sure."
    UNKNOWN = "No test message has come back yet."
    UNKNOWN_ADVICE = "The first results come within a few minutes of the start."
    AS_OF = "As of {when}"
    LIVE = "Live"
    LOST = "Connection lost: this page may be old"
    STALE = "No news from mailstatus: this page may be old"
    NOW = "Mail right now"
    OUTBOUND = "Outgoing mail"
    INBOUND = "Incoming mail"
    INTERNAL = "Mail between colleagues"
    BOTH = "Mail in both directions"
    NONE = "Not about the way of mail"
    OK = "Arrives as usual"
    UNMEASURED = "No measurement yet"
    TROUBLE = "{direction}: {what}"
    SEND_FAILS = "Sending is refused"
    BOUNCED = "Bounces"
    DELAYED = "Late"
    LOST_MAIL = "Gets lost"
    CANNOT_ACCESS_MAILBOX = "Mailbox does not open"
    CLIENT_ONLY = "One mail program has trouble"
    SEARCH_BROKEN = "Search does not find"
    CALENDAR_STALE = "Calendar is out of date"
    QUARANTINED = "Good mail is in quarantine"
    SPAM_MISSED = "Spam comes through"
    ADMIN_ONLY = "Concerns admins only"
    OTHER = "Some other trouble"
    UNMEASURABLE = "We cannot see"
    CALENDAR = "Calendar {name}"
    SHOWN = "Changes are shown as usual"
    LAST_SHOWN = "The last change was shown at {when}, {length} after it was made."
    NOT_SHOWN = "The last change, made {length} ago, is not shown yet."
    LAST = "The last test message arrived at {when} and took {length}."
    USUAL = "Usual: {length}."
    RECENT_ONE = "{n} test message in the last 10 minutes: {counts}."
    RECENT_MANY = "{n} test messages in the last 10 minutes: {counts}."
    RECENT_NONE = "No test message in the last 10 minutes."
    ARRIVED = "{n} arrived"
    LATE = "{n} late"
    REFUSED = "{n} refused"
    BOUNCED_COUNT = "{n} bounced"
    WAITING = "{n} under way"
    JUNK = "{n} in the junk folder"
    TWICE = "{n} came twice"
    OPEN = "What is wrong now"
    ACK = "{person} is on it"
    SINCE = "Since {when}"
    FROM_TO = "{start} to {end}, {length}"
    SEVERE = "Severe"
    WARNING = "Warning"
    INFO = "Note"
    GOOD = "Good"
    FACTS = "What we measure"
    NOT_MEASURED = "The test messages show nothing of it."
    VENDOR_SILENT = "Microsoft has said nothing yet."
    VENDOR = "What Microsoft says"
    TIMELINE = "What happened, and when"
    EARLIER = "Earlier ({n})"
    BY_US = "Measured"
    BY_VENDOR = "Microsoft"
    TOLD = "Told"
    BEGAN = "The trouble began: {what}."
    FOUND = "Found, {length} after it began: {bad} of {of} test messages."
    FOUND_CALENDAR = "Found, {length} after it began: {bad} of {of} changes were not shown in time."
    ENDED = "Over by measurement: {what}."
    ALL_CLEAR = "Resolved: test messages arrive as usual."
    ALL_CLEAR_CALENDAR = "Resolved: changes in the calendar are shown as usual."
    FIRST_SEEN = "{id} is in the feed: {title}"
    CLOSED = "{id} is closed."
    GONE = "{id} is no longer listed for us. That is not the same as resolved."
    CLAIMS_START = "The start, as {id} gives it."
    CLAIMS_END = "The end, as {id} gives it."
    POST = "{id}: {text}"
    DELAYS = "How long test messages took"
    DELAYS_NOTE = "The scale is logarithmic. A gap in a line means that no message arrived then."
    DELAYS_NONE = "No test messages in this time."
    DELAYS_TEXT = "{what}: {middle} in the middle, {worst} at worst, {failed} failed."
    FAILED = "failed"
    TIME = "Time"
    HOURS_3 = "3 hours"
    HOURS_24 = "24 hours"
    DAYS_7 = "7 days"
    WEEK = "The last seven days"
    WEEK_OK = "As usual"
    WEEK_TROUBLE = "Trouble"
    WEEK_SEVERE = "Severe trouble"
    WEEK_UNSEEN = "Not measured"
    WEEK_QUIET = "No trouble."
    WEEK_ONE = "{n} stretch of trouble, {length} in all."
    WEEK_MANY = "{n} stretches of trouble, {length} in all."
    PAST = "Resolved in the last seven days"
    NO_PAST = "None."
    WATCHED = "Where we look"
    FEED_MICROSOFT = "Microsoft's service health"
    FEED_TESTS = "Test messages from {place}"
    SOURCE_READ = "Read at {when}."
    SOURCE_NEVER = "Not read yet."
    SOURCE_BLIND = "We cannot see there since {when}. {error}"
    ITSELF = "How mailstatus itself is"
    LOOPS = "Its work"
    LOOPS_OK = "Everything in it runs."
    LOOPS_HANG = "Not running now, and begun anew by itself: {loops}."
    LOOPS_AGAIN = "Everything in it runs. Begun anew since the start: {loops}."
    STORE = "Its memory"
    STORE_OK = "What we see is saved."
    STORE_FAILS = "What we see cannot be saved since {when}. We keep it meanwhile, and tell of it afterwards. {error}"
    STORE_LOST = (
        "The store's file was deleted or replaced; we noticed at {when}. "
        "What we save now is lost when mailstatus stops: stop it, put the backup back, and start it."
    )
    MOUTH = "Channel {name}"
    MOUTH_OK = "Takes our messages."
    MOUTH_FAILS = "Did not take our last message. {error}"
    OUTWARD = "Who watches mailstatus"
    OUTWARD_TAKEN = "Heard from us at {when}."
    OUTWARD_NEVER = "Has not heard from us yet. {error}"
    OUTWARD_FAILS = "Has heard nothing from us since {when}. {error}"
    STOOD_STILL = "Standstills"
    STOOD_STILL_SINCE = "Since the start it stood still {count} times, {length} at the longest. It goes on by itself."
    CLOCK = "The machine's clock"
    CLOCK_FORWARD = "It jumped forward by {length} at {when}. Ages that are shown may be wrong around that time."
    CLOCK_BACK = "It jumped back by {length} at {when}. Ages that are shown may be wrong around that time."
    LISTED = "All advisories that are listed now"
    NOT_MAIL = "not about mail"
    NO_LISTED = "No advisory is listed."
    ZONE = "Times are in UTC."
    ZONE_LOCAL = "Times are in your time zone."
    API = "JSON API"
    PERSON = "Signed in as {person}."
    LOCKED = "This page needs the access token."
    ALL = "All companies"
    ALL_QUIET = "Nothing is open at any company."
    ALL_OPEN = "{troubled} of {watched} companies have something open."
    ALL_SEEN = "{count} of {watched} companies see it, since {when}."
    ALL_MEASURED = "{count} of them by their own test messages."
    ALL_WHERE = "Where: {places}."
    ALL_NAMES = "Which companies"
    SIGN_IN = "Open this page by its usual address, where you sign in."


DIRECTIONS: Mapping[Direction, Line] = {
    Direction.OUTBOUND: Line.OUTBOUND,
    Direction.INBOUND: Line.INBOUND,
    Direction.INTERNAL: Line.INTERNAL,
    Direction.BOTH: Line.BOTH,
    Direction.NONE: Line.NONE,
}
SYMPTOMS: Mapping[Symptom, Line] = {
    Symptom.SEND_FAILS: Line.SEND_FAILS,
    Symptom.BOUNCED: Line.BOUNCED,
    Symptom.DELAYED: Line.DELAYED,
    Symptom.LOST: Line.LOST_MAIL,
    Symptom.CANNOT_ACCESS_MAILBOX: Line.CANNOT_ACCESS_MAILBOX,
    Symptom.CLIENT_ONLY: Line.CLIENT_ONLY,
    Symptom.SEARCH_BROKEN: Line.SEARCH_BROKEN,
    Symptom.CALENDAR_STALE: Line.CALENDAR_STALE,
    Symptom.QUARANTINED: Line.QUARANTINED,
    Symptom.SPAM_MISSED: Line.SPAM_MISSED,
    Symptom.ADMIN_ONLY: Line.ADMIN_ONLY,
    Symptom.OTHER: Line.OTHER,
    Symptom.UNMEASURABLE: Line.UNMEASURABLE,
}
SEVERITIES: Mapping[Severity, Line] = {
    Severity.SEVERE: Line.SEVERE,
    Severity.WARNING: Line.WARNING,
    Severity.INFO: Line.INFO,
    Severity.GOOD: Line.GOOD,
}


PLACES = ("tests:", "unheard:")


@dataclass(frozen=True, slots=True)
class PageWords:
    """The page's sentences in one language."""

    catalogue: Catalogue

    def text(self, line: Line, **values: Value | Text) -> Text:
        """Give a sentence that may hold moments."""
        return self.catalogue.text(line.value, **values)

    def string(self, line: Line, **values: str | int) -> str:
        """Give a sentence without moments."""
        return self.catalogue.string(line.value, **values)

    def length(self, length: timedelta) -> str:
        """Say a length of time; below a second as such, for a test message can be that fast."""
        if timedelta() < length < timedelta(seconds=1):
            return f"{length / timedelta(milliseconds=1):.0f} ms"
        return self.catalogue.length(length)

    def direction(self, direction: Direction) -> str:
        """Name a direction."""
        return self.string(DIRECTIONS[direction])

    def calendar(self, name: str) -> str:
        """Name a calendar."""
        return self.string(Line.CALENDAR, name=name)

    def last_shown(self, now: CalendarNow) -> Text:
        """Say when the last change in a calendar was shown."""
        if now.last_shown is None or now.last_took is None:
            return ()
        return self.text(Line.LAST_SHOWN, when=Moment(at=now.last_shown), length=self.length(now.last_took))

    def symptom(self, symptom: Symptom) -> str:
        """Say what is wrong, as a state."""
        return self.string(SYMPTOMS[symptom])

    def symptoms(self, symptoms: tuple[Symptom, ...]) -> str:
        """Say all that is wrong with one direction; nothing is said as ``arrives as usual``."""
        return " · ".join(self.symptom(symptom) for symptom in dict.fromkeys(symptoms)) or self.string(Line.OK)

    def trouble(self, direction: Direction, *symptoms: Symptom) -> str:
        """Name troubles with their direction: ``Outgoing mail: Late``."""
        said = self.symptoms(symptoms)
        if direction is Direction.NONE:
            return said
        return self.string(Line.TROUBLE, direction=self.direction(direction), what=said)

    def source(self, source: str) -> str:
        """Name a feed, or a place that test messages go from."""
        if source.startswith(PLACES):
            return self.string(Line.FEED_TESTS, place=source.partition(":")[2])
        if source.startswith(CALENDAR):
            return self.calendar(source.removeprefix(CALENDAR))
        return self.string(Line.FEED_MICROSOFT) if source == "microsoft" else source

    def severity(self, severity: Severity) -> str:
        """Name how bad it is."""
        return self.string(SEVERITIES[severity])

    def recent(self, tally: Tally) -> str:
        """Count the test messages of the last ten minutes."""
        counts = (
            (Line.ARRIVED, tally.arrived),
            (Line.LATE, tally.late),
            (Line.REFUSED, tally.refused),
            (Line.BOUNCED_COUNT, tally.bounced),
            (Line.WAITING, tally.waiting),
            (Line.JUNK, tally.junk),
            (Line.TWICE, tally.twice),
        )
        said = [self.string(line, n=self.catalogue.number(n)) for line, n in counts if n]
        if not said:
            return self.string(Line.RECENT_NONE)
        return self._counted(Line.RECENT_ONE, Line.RECENT_MANY, tally.sent, counts=self.catalogue.listed(said))

    def week(self, stretches: int, total: timedelta) -> str:
        """Sum up the trouble of the last seven days."""
        if not stretches:
            return self.string(Line.WEEK_QUIET)
        return self._counted(Line.WEEK_ONE, Line.WEEK_MANY, stretches, length=self.length(total))

    def day(self, at: datetime) -> str:
        """Write a day in short."""
        return format_date(at, self.catalogue.day_pattern(), locale=self.catalogue.locale)

    def _counted(self, one: Line, many: Line, n: int, **values: str) -> str:
        return "".join(str(part) for part in self.catalogue.counted(one.value, many.value, n, **values))
