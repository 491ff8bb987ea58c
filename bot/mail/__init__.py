"""Sending and finding test messages: SMTP, IMAP, Graph mail; headers and bounces; test entries in calendars."""

from bot.mail.graph_calendar import CalendarError, Entry, GraphCalendar
from bot.mail.graph_mail import GraphInbox, GraphMailbox, GraphSender
from bot.mail.imap import ImapInbox
from bot.mail.inbox import Inbox, Letter, MailError
from bot.mail.letters import compose, probe_of
from bot.mail.mailbox import Mailbox, Secret, Security, Server
from bot.mail.names import DEAD, Names
from bot.mail.outcomes import Accepted, FateUnknown, NoAnswer, Outcome, OwnTrouble, Refusal, Sender
from bot.mail.probes import Probe, Seal
from bot.mail.smtp import SmtpSender

__all__ = [
    "DEAD",
    "Accepted",
    "CalendarError",
    "Entry",
    "FateUnknown",
    "GraphCalendar",
    "GraphInbox",
    "GraphMailbox",
    "GraphSender",
    "ImapInbox",
    "Inbox",
    "Letter",
    "MailError",
    "Mailbox",
    "Names",
    "NoAnswer",
    "Outcome",
    "OwnTrouble",
    "Probe",
    "Refusal",
    "Seal",
    "Secret",
    "Security",
    "Sender",
    "Server",
    "SmtpSender",
    "compose",
    "probe_of",
]
