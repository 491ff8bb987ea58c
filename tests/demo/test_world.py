"""The whole world, used as a bot uses it."""

import random
import ssl
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import aiohttp
import aioimaplib
import aiosmtplib
import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.clock import StoryClock
from bot.demo.world import MailboxFacts, World, world
from tests.demo.conftest import TODAY


@pytest.fixture
async def whole(clock: StoryClock, rng: random.Random, tmp_path: Path) -> AsyncIterator[World]:
    """Run a world without TLS for mail."""
    async with world(clock=clock, rng=rng, folder=tmp_path, today=TODAY) as running:
        yield running


def box(running: World, name: str) -> MailboxFacts:
    """Find a mailbox's facts by its name."""
    return next(mailbox for mailbox in running.facts.mailboxes if mailbox.name == name)


async def test_a_message_goes_round_by_the_facts_alone(whole: World) -> None:
    """Sent with what the facts say, and found with what they say."""
    route = whole.facts.routes[0]
    sender, recipient = box(whole, route.sender), box(whole, route.recipient)
    letter = f"From: {sender.address}\r\nTo: {recipient.address}\r\nSubject: round\r\n\r\nhello\r\n".encode()
    await aiosmtplib.send(
        letter,
        sender=sender.address,
        recipients=[recipient.address],
        hostname=sender.smtp_host,
        port=sender.smtp_port,
        username=sender.address,
        password=sender.password,
        start_tls=False,
    )
    await whole.mail.network.landed()
    client = aioimaplib.IMAP4(recipient.imap_host, recipient.imap_port, timeout=5)
    await client.wait_hello_from_server()
    await client.login(recipient.address, recipient.password)
    await client.select("INBOX")
    assert (await client.search('SUBJECT "round"')).lines[0] == b"1"
    await client.logout()


async def test_all_platforms_answer_at_their_addresses(whole: World) -> None:
    """Graph turns strangers away, Slack knows its bot, Teams takes a card."""
    facts = whole.facts
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=facts.ca_file), trust_env=False) as http:
        assert (await http.get(f"{facts.graph}/admin/serviceAnnouncement/issues")).status_code == 401
        assert (await http.get(f"{facts.authority}/v2.0/.well-known/openid-configuration")).status_code == 200
        assert (await http.post(facts.teams_url, json={})).status_code == 202
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=facts.slack_token, base_url=facts.slack_api, session=session, retry_handlers=[])
        assert (await client.auth_test())["ok"]


async def test_a_graph_token_opens_a_mailbox(whole: World) -> None:
    """Tokens are the same for mail."""
    mailbox = whole.facts.mailboxes[0]
    client = aioimaplib.IMAP4(mailbox.imap_host, mailbox.imap_port, timeout=5)
    await client.wait_hello_from_server()
    assert (await client.xoauth2(mailbox.address, whole.tokens.issue())).result == "OK"
    await client.logout()


async def test_with_tls_the_mail_servers_show_the_worlds_certificate(
    clock: StoryClock, rng: random.Random, tmp_path: Path
) -> None:
    """And the facts say that it is wanted."""
    async with world(clock=clock, rng=rng, folder=tmp_path, today=TODAY, tls=True) as running:
        mailbox = running.facts.mailboxes[0]
        assert mailbox.security == "tls"
        smtp = aiosmtplib.SMTP(
            hostname=mailbox.smtp_host,
            port=mailbox.smtp_port,
            start_tls=True,
            tls_context=ssl.create_default_context(cafile=running.facts.ca_file),
        )
        await smtp.connect()
        await smtp.login(mailbox.address, mailbox.password)
        await smtp.quit()


async def test_secrets_are_not_shown(whole: World) -> None:
    """Made up or not, nobody should get used to seeing them."""
    facts = whole.facts
    secrets = [facts.client_secret, facts.slack_token, facts.slack_signing_secret, facts.mailboxes[0].password]
    assert not any(secret in repr(facts) for secret in [*secrets, facts.teams_url])
    assert asdict(facts)["client_secret"] == facts.client_secret


async def test_two_worlds_can_stand_side_by_side(clock: StoryClock, tmp_path: Path) -> None:
    """With ports and secrets of their own."""
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    one, other = (
        world(clock=clock, rng=random.Random(number), folder=folder, today=TODAY)  # noqa: S311  same each time
        for number, folder in enumerate(folders)
    )
    async with one as here, other as there:
        assert here.facts.graph != there.facts.graph
        assert here.facts.slack_token != there.facts.slack_token
