import pytest

from bot.store import StoreError
from bot.store.codec import canonical, digest, dump, load
from bot.types import Change, Incident, Message, Moment
from tests.store.samples import T0, change, incident, message


@pytest.mark.parametrize(
    "noun", [incident(), change(incident()), change(None), message()], ids=lambda n: type(n).__name__
)
def test_nouns_come_back_equal(noun: Incident | Change | Message) -> None:
    """All that is in them, times and enums included."""
    assert load(type(noun), dump(noun)) == noun


def test_half_a_character_does_not_stop_a_message() -> None:
    """Undecodable mail leaves surrogates in a server's words."""
    odd = Message(
        **{**{name: getattr(message(), name) for name in Message.__slots__}, "headline": ("x\udce9", Moment(at=T0))}
    )
    assert load(Message, dump(odd)).headline == ("x?", Moment(at=T0))


def test_what_cannot_be_read_is_said_without_its_words() -> None:
    """The error names the noun and the place."""
    with pytest.raises(StoreError, match="a saved Incident cannot be read: opened") as caught:
        load(Incident, '{"id": "1", "began": "2026-03-01T08:00:00Z", "opened": "top secret"}')
    assert "top secret" not in str(caught.value)
    assert "install the version that the other machines have" in str(caught.value)
    assert not caught.value.passing


def test_equal_values_have_equal_texts_and_digests() -> None:
    """Whatever the order of keys; other values have others."""
    assert canonical({"b": 1, "a": "é\0"}) == '{"a":"\\u00e9\\u0000","b":1}' == canonical({"a": "é\0", "b": 1})
    assert digest("a") == digest("a") != digest("b")
    assert len(digest("a")) == 32
