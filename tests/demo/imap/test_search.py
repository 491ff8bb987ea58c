"""SEARCH."""

import pytest

from bot.demo.imap.search import search
from bot.demo.imap.view import View
from bot.demo.imap.wire import Argument, WireError


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        pytest.param(["ALL"], [1, 2, 3], id="all"),
        pytest.param([], [1, 2, 3], id="no criterion"),
        pytest.param(["UNSEEN"], [1, 3], id="unseen"),
        pytest.param(["seen"], [2], id="keys in any case"),
        pytest.param(["UNDELETED"], [1, 2, 3], id="undeleted"),
        pytest.param(["DELETED"], [], id="deleted"),
        pytest.param(["SUBJECT", "probe 2"], [2], id="subject in any case"),
        pytest.param(["FROM", "canary3"], [3], id="from"),
        pytest.param(["HEADER", "X-Probe", "id-1"], [1], id="any header"),
        pytest.param(["HEADER", "X-Probe", ""], [1, 2, 3], id="a header, whatever it holds"),
        pytest.param(["HEADER", "X-Missing", ""], [], id="a header that is not there"),
        pytest.param(["BODY", "body 3"], [3], id="body"),
        pytest.param(["SINCE", "19-Jul-2023"], [2, 3], id="since"),
        pytest.param(["BEFORE", "19-Jul-2023"], [1], id="before"),
        pytest.param(["ON", "20-Jul-2023"], [3], id="on"),
        pytest.param(["UID", "2:*"], [2, 3], id="uids"),
        pytest.param(["1,3"], [1, 3], id="sequence numbers"),
        pytest.param(["NOT", "SEEN"], [1, 3], id="not"),
        pytest.param(["OR", "SEEN", "SUBJECT", "Probe 3"], [2, 3], id="or"),
        pytest.param([["UNSEEN", "SINCE", "19-Jul-2023"]], [3], id="in brackets"),
        pytest.param(["CHARSET", "UTF-8", "UNSEEN", "UID", "1"], [1], id="a charset, and two criteria"),
    ],
)
def test_criteria(view: View, criteria: list[Argument], found: list[int]) -> None:
    """Each finds what it says."""
    assert [number for number, _ in search(criteria, view.messages)] == found


@pytest.mark.parametrize("criteria", [["SUBJECT"], ["GLOWING"], ["SINCE", "yesterday"], ["NOT"], ["OR", "ALL"]])
def test_what_cannot_be_searched_for(view: View, criteria: list[Argument]) -> None:
    """Is said, not guessed."""
    with pytest.raises(WireError):
        search(criteria, view.messages)
