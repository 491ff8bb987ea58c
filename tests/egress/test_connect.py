import socket
from collections.abc import Sequence

import pytest

from bot.egress import EgressError, public_socket


class Net:
    """Names that lead somewhere, differently each time they are looked up, and who was connected to."""

    def __init__(self, *answers: Sequence[str], deaf: Sequence[str] = ()) -> None:
        """Take what the resolver says, the first time and after, and the addresses that take no connection."""
        self.answers, self.deaf = list(answers), deaf
        self.asked = 0
        self.met: list[str] = []

    async def resolve(self, _host: str, _port: int) -> Sequence[str]:
        """Give the next answer."""
        self.asked += 1
        return self.answers[self.asked - 1]

    async def connect(self, address: str, _port: int) -> socket.socket:
        """Connect to nobody."""
        self.met.append(address)
        if address in self.deaf:
            raise ConnectionRefusedError(address)
        return socket.socket()

    async def reach(self, host: str = "mx.contoso.com") -> None:
        """Connect as a tenant's client does."""
        (await public_socket(host, 443, resolve=self.resolve, connect=self.connect)).close()


async def test_the_address_that_was_judged_is_connected_to() -> None:
    """The name is asked once: a second answer, that leads inside, would be too late to be judged."""
    net = Net(["8.8.8.8", "2606:4700::1111"], ["127.0.0.1"])
    await net.reach()
    assert (net.asked, net.met) == (1, ["8.8.8.8"])


async def test_a_name_that_leads_inside_later_is_refused_then() -> None:
    """Each connection is judged anew, whatever was public before."""
    net = Net(["8.8.8.8"], ["127.0.0.1"])
    await net.reach()
    with pytest.raises(EgressError, match=r"mx\.contoso\.com leads to a private address"):
        await net.reach()
    assert net.met == ["8.8.8.8"]


async def test_the_next_address_is_tried_where_one_takes_no_connection() -> None:
    """And the last one's error is told."""
    net = Net(["2606:4700::1111", "8.8.8.8"], ["8.8.8.8"], deaf=["2606:4700::1111"])
    await net.reach()
    assert net.met == ["2606:4700::1111", "8.8.8.8"]
    net = Net(["8.8.8.8", "8.8.4.4"], deaf=["8.8.8.8", "8.8.4.4"])
    with pytest.raises(ConnectionRefusedError, match=r"8\.8\.4\.4"):
        await net.reach()


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:169.254.169.254"], ["fe80::1%eth0"], []],
)
async def test_a_public_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    """Also where only one of its addresses does: which one is taken is chance."""
    net = Net(addresses)
    with pytest.raises(EgressError, match=r"mx\.contoso\.com leads to a private address"):
        await net.reach()
    assert net.met == []


async def test_a_private_host_is_refused_before_anybody_is_asked() -> None:
    """A resolver is outside too."""
    net = Net()
    with pytest.raises(EgressError, match="is a private address"):
        await net.reach("169.254.169.254")
    assert net.asked == 0
