"""A mail system to mail with."""

import random
import smtplib
from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import pytest

from bot.demo.authority import Authority
from bot.demo.clock import StoryClock
from bot.demo.mail.lanes import Lane
from bot.demo.mail.system import MailSystem, mail_system

TOKEN = "known"


class Post:
    """A mail system with clients for it."""

    def __init__(self, system: MailSystem, authority: Authority | None = None) -> None:
        """Take a system that runs."""
        self.system = system
        self.authority = authority
        self.lanes = {lane.route.name: lane for lane in system.lanes}

    def letter(self, lane: Lane, subject: str = "probe") -> EmailMessage:
        """Write from a lane's sender to its recipient."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = lane.sender.address, lane.recipient.address, subject
        letter.set_content("hello\n.a dot at the start\n")
        return letter

    async def send(self, route: str = "outbound-eu", *, password: str = "", subject: str = "probe") -> None:
        """Submit a message along a route."""
        lane = self.lanes[route]
        await aiosmtplib.send(
            self.letter(lane, subject),
            hostname="localhost",
            port=self.port(route),
            username=lane.sender.address,
            password=password or self.system.accounts[lane.sender].password,
            start_tls=self.authority is not None,
            tls_context=self.authority.client_context() if self.authority else None,
            local_hostname="canary",
            timeout=5,
        )

    def send_by_smtplib(self, route: str = "outbound-eu") -> None:
        """Submit a message with the standard library's client, blocking."""
        lane = self.lanes[route]
        with smtplib.SMTP("localhost", self.port(route), local_hostname="canary", timeout=5) as smtp:
            if self.authority:
                smtp.starttls(context=self.authority.client_context())
            smtp.login(lane.sender.address, self.system.accounts[lane.sender].password)
            smtp.send_message(self.letter(lane))

    def port(self, route: str) -> int:
        """Find the submission port of a route's sender."""
        sender = self.lanes[route].sender
        return self.system.doors[sender.provider, sender.vantage].smtp.port

    def subjects(self, route: str = "outbound-eu") -> list[str]:
        """Give the subjects of what arrived."""
        inbox = self.system.accounts[self.lanes[route].recipient].inbox
        return [str(stored.headers["Subject"]) for stored in inbox.messages]


@pytest.fixture
async def post(clock: StoryClock, rng: random.Random) -> AsyncIterator[Post]:
    """Run a mail system without TLS."""
    async with mail_system(clock=clock, rng=rng, knows_token=lambda token: token == TOKEN) as system:
        yield Post(system)


@pytest.fixture
async def tls_post(clock: StoryClock, rng: random.Random, authority: Authority) -> AsyncIterator[Post]:
    """Run a mail system that wants TLS."""
    async with mail_system(clock=clock, rng=rng, authority=authority) as system:
        yield Post(system, authority)
