from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.mail import Probe, Seal
from tests.mail.worlds import PROBE, SEAL


@given(
    st.binary(min_size=8, max_size=8),
    st.text(max_size=60).filter(lambda text: text.isprintable()),
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis wants naive bounds
)
def test_a_token_gives_back_its_probe_from_any_text(id_: bytes, route: str, sent: datetime) -> None:
    """Id, route and moment survive to the microsecond."""
    probe = Probe(id=id_.hex(), route=route, sent=sent)
    assert SEAL.find(f"Undeliverable: test ({SEAL.token(probe)}) and so on") == probe


@given(st.text(max_size=300))
def test_no_text_that_we_did_not_sign_is_a_probe(text: str) -> None:
    """Whatever stands in a subject, it neither passes nor crashes."""
    assert SEAL.find(text) is None
    assert SEAL.find(f"ms1.{text}.{text}") is None
    assert SEAL.find(f"ms1.{'A' * (16 + len(text))}.{'A' * 22}") is None


@given(st.integers(min_value=0), st.sampled_from("ABCxyz019-_"))
def test_a_changed_letter_breaks_the_signature(place: int, letter: str) -> None:
    """Nobody moves a probe to another route or time."""
    token = SEAL.token(PROBE)
    place = 4 + place % (len(token) - 6)
    forged = token[:place] + letter + token[place + 1 :]
    assert forged == token or SEAL.find(forged) is None


def test_another_installation_does_not_know_our_probes() -> None:
    """Two bots may share a mailbox."""
    assert Seal(SecretStr("another secret of tests")).find(SEAL.token(PROBE)) is None


def test_a_true_token_is_found_behind_false_ones() -> None:
    """A thread may quote more than one."""
    false = Seal(SecretStr("another secret of tests")).token(PROBE)
    assert SEAL.find(f"{false} {SEAL.token(PROBE)}") == PROBE


def test_a_token_is_safe_in_a_header_an_address_and_a_search() -> None:
    """Nothing in it wants quoting."""
    assert set(SEAL.token(PROBE)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def test_a_short_secret_is_refused() -> None:
    """What can be guessed proves nothing."""
    with pytest.raises(ValueError, match="it needs 16"):
        Seal(SecretStr("short"))
