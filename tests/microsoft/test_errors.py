import re

import pytest

from bot.microsoft.errors import ROLES, TOKEN_ADVICE, grant, token_advice


@pytest.mark.parametrize("permission", ROLES)
def test_every_permission_has_a_command_that_grants_it(permission: str) -> None:
    """With the app's id in both halves."""
    words = grant(permission, "c11e27")
    assert words.count("--id c11e27") == 2
    assert re.search(r"permissions [0-9a-f-]{36}=Role", words)


def test_a_permission_that_nobody_knows_is_named_without_a_command() -> None:
    """Better than a wrong one."""
    assert grant("New.Read", "c") == "Grant the application permission New.Read and give admin consent."


@pytest.mark.parametrize("code", TOKEN_ADVICE)
def test_every_advice_is_a_sentence_that_needs_only_the_app(code: int) -> None:
    """No placeholder is left."""
    words = token_advice([code], "c11e27")
    assert "{" not in words
    assert words[0].isupper()


def test_the_first_known_code_decides() -> None:
    """Entra may give several."""
    assert token_advice([1, 90002, 65001], "c") == TOKEN_ADVICE[90002]
    assert not token_advice([1], "c")
