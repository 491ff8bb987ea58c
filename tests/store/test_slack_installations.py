"""Where the Slack app is installed, in slack_sdk's tables on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Installation

from bot.store import Store, StoreError
from bot.store.slack_installations import KEEP, SlackInstallations
from tests.handlers.examples import TestClock

CLIENT = "1.2"


def installation(team: str, token: str) -> Installation:
    """Give what an installation brings."""
    return Installation(
        app_id="A1", team_id=team, team_name=team, bot_token=token, bot_id="B1", bot_user_id="U9", user_id="U1"
    )


async def opened(store: Store, clock: TestClock, *workspaces: str) -> SlackInstallations:
    """Open the installations of some workspaces."""
    found = SlackInstallations(store, CLIENT, workspaces=lambda: workspaces, clock=clock)
    await found.open()
    return found


async def test_each_workspace_has_its_own_token(store: Store) -> None:
    """The newest one; a second start finds the tables and the tokens there."""
    clock = TestClock()
    kept = await opened(store, clock, "T1", "T2")
    for team, token in (("T1", "xoxb-old"), ("T1", "xoxb-one"), ("T2", "xoxb-two")):
        await kept.async_save(installation(team, token))
        clock.at += timedelta(seconds=1)
    again = await opened(store, clock, "T1", "T2")
    assert [await again.token(team) for team in ("T1", "T2", "T3")] == ["xoxb-one", "xoxb-two", None]


async def test_a_workspace_that_is_not_in_the_settings_has_none(store: Store) -> None:
    """Also where it installed the app before it was taken out of them."""
    clock = TestClock()
    await (await opened(store, clock, "T1")).async_save(installation("T1", "xoxb-one"))
    assert await (await opened(store, clock, "T2")).token("T1") is None


@pytest.mark.parametrize("team", [["T1"], {"id": "T1"}, 7])
async def test_a_workspace_of_a_shape_that_slack_never_sent_has_none(store: Store, team: Any) -> None:  # noqa: ANN401 - any shape
    """Whoever signed it: slack_bolt hands on whatever stands in a body."""
    kept = await opened(store, TestClock(), "T1")
    await kept.async_save(installation("T1", "xoxb-one"))
    assert await kept.async_find_bot(enterprise_id=None, team_id=team) is None
    found = await kept.async_find_bot(enterprise_id=team, team_id="T1")
    assert found is not None
    assert found.bot_token == "xoxb-one"


async def test_what_another_machine_did_is_known_after_a_minute(store: Store) -> None:
    """Until then memory answers; what we did ourselves is known at once."""
    clock = TestClock()
    here, there = await opened(store, clock, "T1"), await opened(store, clock, "T1")
    await here.async_save(installation("T1", "xoxb-one"))
    assert await here.token("T1") == "xoxb-one"
    await there.forget("T1")
    assert await there.token("T1") is None
    assert await here.token("T1") == "xoxb-one"
    clock.at += KEEP
    assert await here.token("T1") is None


async def test_a_state_is_good_once(store: Store) -> None:
    """And a made-up one never."""
    kept = await opened(store, TestClock(), "T1")
    state = await kept.states.async_issue()
    assert [await kept.states.async_consume(one) for one in (state, state, "made up")] == [True, False, False]


async def test_errors_of_the_database_are_the_stores_own(sqlite_store: Store) -> None:
    """As everywhere behind the store."""
    kept = SlackInstallations(sqlite_store, CLIENT, workspaces=lambda: ["T1"], clock=TestClock())
    with pytest.raises(StoreError, match="no such table"):
        await kept.token("T1")
