from datetime import timedelta

from bot.app.look import described
from bot.app.remarks import remarks
from bot.types import Arrived, Direction, Leg, Route, Where
from bot.watch import Line
from tests.mail.worlds import NOON, mailbox

LINE = Line(
    route=Route(name="out", direction=Direction.OUTBOUND, vantage="eu"),
    sender=mailbox("alice"),
    receiver=mailbox("bob"),
)


def arrived(*, folder: str = "inbox", skew: float = 0.0) -> Arrived:
    legs = (Leg(by="out.example", where=Where.OURS, seconds=1), Leg(by="mx.example", where=Where.MAILBOX, seconds=2))
    took = timedelta(seconds=3)
    return Arrived(
        at=NOON, route="out", probe="1", latency=took, folder=folder, legs=legs, skew_seconds=skew, skew_by="mx.example"
    )


def test_a_message_in_junk_is_told_with_what_mends_it() -> None:
    """The sender is named, and the command for a mailbox of Exchange."""
    (said,) = remarks(arrived(folder="junk"), LINE)
    assert said == (
        "It arrived in Junk: allow the sender alice@test.example in the mailbox bob@test.example. In Exchange: "
        "Set-MailboxJunkEmailConfiguration bob@test.example -TrustedSendersAndDomains @{Add='alice@test.example'}"
    )
    assert remarks(arrived(folder="junk"), None) == ["It arrived in Junk: allow its sender in the receiver's mailbox."]


def test_a_clock_that_is_wrong_is_told() -> None:
    """And nothing at all of a message that is as it should be."""
    assert remarks(arrived(skew=-120), LINE) == [
        "The clock of mx.example is 2 minutes behind. The times between servers are estimates."
    ]
    assert remarks(arrived(), LINE) == []


def test_look_tells_the_way_server_by_server() -> None:
    """With each one's seconds and its part of the way."""
    assert described(arrived(folder="junk")).endswith("way: out.example 1.0 s (ours), mx.example 2.0 s (mailbox)")
