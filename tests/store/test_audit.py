import pytest
from sqlalchemy import Executable, delete, update

from bot.store import Deed, Store, StoreError
from bot.store.tables import audit
from tests.store.samples import HOUR, MINUTE, T0

ACKED = Deed(at=T0, who="U1", what="ack", about={"incident": "1"})
MUTED = Deed(at=T0 + MINUTE, who="U2\0", what="mute", about={"incident": "1", "until": None})


async def test_deeds_are_read_in_order_by_tenant(store: Store) -> None:
    """What was done, by whom, about what."""
    async with store.begin() as tx:
        for deed in (ACKED, MUTED):
            await tx.audit.note("default", deed)
        await tx.audit.note("other", ACKED)
        deeds = await tx.audit.between("default", T0, T0 + HOUR)
        assert await tx.audit.between("default", T0 - HOUR, T0) == []
    assert deeds == [ACKED, Deed(at=MUTED.at, who="U2", what="mute", about=MUTED.about)]


@pytest.mark.parametrize(
    "tampering", [update(audit).values(who="somebody else"), delete(audit)], ids=["change", "delete"]
)
async def test_the_database_refuses_to_change_what_was_done(store: Store, tampering: Executable) -> None:
    """Whoever has our connection can only add."""
    async with store.begin() as tx:
        await tx.audit.note("default", ACKED)
    with pytest.raises(StoreError, match="append-only"):
        async with store.begin() as tx:
            await tx.connection.execute(tampering)
    async with store.read() as tx:
        assert await tx.audit.between("default", T0, T0 + HOUR) == [ACKED]
