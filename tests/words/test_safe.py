import pytest

from bot.words.safe import codes_of, id_of, name_of


@pytest.mark.parametrize(
    ("text", "id_"),
    [("EX649175", "EX649175"), ("<!channel> EX1", "channel"), ("", "?"), ("&&", "?"), ("A" * 99, "A" * 24)],
)
def test_an_id_holds_nothing_but_letters_digits_and_hyphens(text: str, id_: str) -> None:
    """Whatever the feed says."""
    assert id_of(text) == id_


@pytest.mark.parametrize(
    ("reply", "codes"),
    [
        ("503 5.5.1 Bad sequence of commands", "503 5.5.1"),
        ("451 4.3.2 temporary server issue", "451 4.3.2"),
        ("5.4.1", "5.4.1"),
        ("550-5.7.705 Access denied", "550 5.7.705"),
        ("connect: timed out", ""),
        ("from [10.2.3.4] refused", ""),
        ("<b>421</b> try later", "421"),
        ("", ""),
    ],
)
def test_of_a_servers_answer_only_the_codes_are_shown(reply: str, codes: str) -> None:
    """Its words are a stranger's."""
    assert codes_of(reply) == codes


@pytest.mark.parametrize(
    ("text", "name"), [("Ada L. O'Hara", "Ada L. O'Hara"), ("<@U1>", "U1"), ("*a*_b_", "a _b_"), ("\n", "?")]
)
def test_a_name_holds_no_markup(text: str, name: str) -> None:
    """Names come from chat."""
    assert name_of(text) == name
