import pytest

from bot.recording import RecordingError
from bot.replay import replay
from bot.types import Rules, Window
from tests.recorded import END_S, TROUBLE_S, moment, recording
from tests.stories.evening import issue

LIMIT_S = 300


def test_an_outage_is_told_when_it_begins_and_when_it_ends() -> None:
    """On the recording's clock, as the incident that it is."""
    told = list(replay(recording()))
    assert [(line["incident"], line["reason"]) for line in told] == [("1", "opened"), ("1", "resolved")]
    begun, ended = (float(str(line["t"])) for line in told)
    assert TROUBLE_S[0] < begun < TROUBLE_S[0] + LIMIT_S
    assert TROUBLE_S[1] < ended < END_S
    assert str(told[0]["text"]).startswith("Sending mail fails.\nWhat is refused does not go out by itself.")


def test_an_advisory_is_told_at_the_moment_it_is_seen() -> None:
    """Between two looks at the test messages."""
    raw = issue("EX649175", "Some users may be unable to send email", "Users may be unable to send email.")
    start = {"startDateTime": moment(TROUBLE_S[0]).isoformat()}
    line = {"t": 10000.5, "event": "advisory", "source": "microsoft", "issue": {**raw, **start}}
    told = list(replay(recording(line)))
    assert [told_line["reason"] for told_line in told] == ["opened", "vendor confirms", "resolved"]
    assert told[1]["t"] == 10000.5
    assert "EX649175" in str(told[1]["text"])


def test_a_replay_follows_the_rules_and_the_language_asked_for() -> None:
    """To try a rule before it rings anybody."""
    told = list(replay(recording(), language="de"))
    assert str(told[0]["text"]).startswith("Mail lässt sich nicht senden.")
    windows = (Window(start=moment(0), end=moment(END_S), note="work"),)
    quiet = list(replay(recording(), rules=Rules(windows=windows)))
    assert [line["reason"] for line in quiet] == ["opened", "resolved"]


def test_nothing_is_told_ahead_of_its_time() -> None:
    """A shorter recording tells the same up to its end."""
    lines = recording()
    whole, part = list(replay(lines)), list(replay(lines[: len(lines) * 7 // 10]))
    assert part == whole[: len(part)]
    assert part


def test_a_broken_line_is_named() -> None:
    """Not a traceback from deep below."""
    lines = [*recording()[:5], "{"]
    with pytest.raises(RecordingError, match="line 6"):
        list(replay(lines))


def test_an_empty_recording_tells_nothing() -> None:
    """Only a first line."""
    assert list(replay(recording()[:1])) == []
