"""The whole mail system."""

import aiosmtplib
import pytest

from tests.demo.mail.conftest import Post

ROUTES = ["outbound-eu", "outbound-us", "inbound-eu", "inbound-us", "internal-eu", "control-eu", "control-us"]


async def test_mail_arrives_on_all_seven_routes(post: Post) -> None:
    """Each in the mailbox of its own recipient."""
    for route in ROUTES:
        await post.send(route, subject=route)
    await post.system.network.landed()
    assert {route: post.subjects(route) for route in ROUTES} == {route: [route] for route in ROUTES}


async def test_a_region_whose_line_is_down_reaches_nobody(post: Post) -> None:
    """The controls fail with the rest there, and the other region does not notice."""
    post.system.cut_off("eu")
    for route in ROUTES:
        if route.endswith("eu"):
            with pytest.raises(aiosmtplib.SMTPConnectError):
                await post.send(route)
        else:
            await post.send(route)


async def test_a_door_can_hang_up_and_recover(post: Post) -> None:
    """On everybody who comes."""
    door = post.system.doors["contoso", "eu"]
    door.hang_up(on=True)
    with pytest.raises(aiosmtplib.SMTPException):
        await post.send()
    door.hang_up(on=False)
    await post.send()


async def test_a_door_opens_again_where_it_was(post: Post) -> None:
    """Settings with its port stay true."""
    door, port = post.system.doors["contoso", "eu"], post.port("outbound-eu")
    door.shut()
    await door.open()
    assert post.port("outbound-eu") == port
    await post.send()


async def test_nobody_is_submitting_when_all_have_left(post: Post) -> None:
    """So that a director knows when to skip."""
    await post.send()
    assert post.system.submitting == 0


async def test_passwords_differ(post: Post) -> None:
    """One mailbox does not open another."""
    passwords = [account.password for account in post.system.accounts.values()]
    assert len(set(passwords)) == len(passwords)
