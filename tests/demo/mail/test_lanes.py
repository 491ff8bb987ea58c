"""The topology."""

from bot.demo.mail.lanes import WATCHED, boxes, lanes
from bot.types import Direction


def test_there_are_seven_routes_in_the_order_people_read_them() -> None:
    """Out, in, inside, and the controls last."""
    assert [lane.route.name for lane in lanes()] == [
        "outbound-eu",
        "outbound-us",
        "inbound-eu",
        "inbound-us",
        "internal-eu",
        "control-eu",
        "control-us",
    ]


def test_routes_go_the_way_that_their_names_say() -> None:
    """Seen from the company that is watched."""
    for lane in lanes():
        ends = (lane.sender.provider == WATCHED, lane.recipient.provider == WATCHED)
        wanted = {
            Direction.OUTBOUND: (True, False),
            Direction.INBOUND: (False, True),
            Direction.INTERNAL: (True, True),
        }[lane.route.direction]
        assert ends == ((False, False) if lane.route.control else wanted)
        assert lane.sender.vantage == lane.recipient.vantage == lane.route.vantage


def test_every_route_has_a_mailbox_pair_of_its_own() -> None:
    """Two routes must not take each other's messages."""
    pairs = {(lane.sender, lane.recipient) for lane in lanes()}
    assert len(pairs) == 7
    assert len(boxes(lanes())) == 7


def test_addresses_can_exist_nowhere() -> None:
    """The top-level domain is reserved for examples."""
    assert all(box.address.endswith(".example") for box in boxes(lanes()))
