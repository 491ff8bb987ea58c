"""What people did, as it is written out."""

import json
from datetime import timedelta
from pathlib import Path

from bot.app.audit import audit
from bot.app.clock import SystemClock
from bot.settings import Environment, Installation, Settings
from bot.store import Deed, Store


async def test_each_deed_is_a_line(sqlite_url: str) -> None:
    """Of one tenant and one stretch of time, the oldest first."""
    now = SystemClock().now()
    async with await Store.open(sqlite_url) as store, store.begin() as tx:
        for tenant, ago in (("default", 100), ("default", 2), ("default", 1), ("other", 1)):
            deed = Deed(at=now - timedelta(days=ago), who=f"Ana {ago}", what="mute", about={"incident": "7"})
            await tx.audit.note(tenant, deed)
    environment = Environment.model_validate({"MAILSTATUS_STORE": sqlite_url})
    given = Settings(environment=environment, installation=Installation(), named={}, state=Path("state"))
    written: list[str] = []
    await audit(given, "default", timedelta(days=30), write=written.append)
    lines = [json.loads(line) for line in written]
    assert [line["who"] for line in lines] == ["Ana 2", "Ana 1"]
    assert lines[0]["about"] == {"incident": "7"}
    assert lines[0]["at"] == (now - timedelta(days=2)).isoformat()
