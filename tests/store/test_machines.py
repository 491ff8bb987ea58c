from sqlalchemy import text

from bot.store import Store
from bot.store.machines import SavedMachine
from tests.store.samples import MINUTE, T0


async def test_the_newest_state_of_each_machine_is_kept(store: Store) -> None:
    """Any bytes, by tenant, with how often it moved on."""
    async with store.begin() as tx:
        assert await tx.machines.load("default") is None
        await tx.machines.save({"default": b"old"}, T0)
        await tx.machines.save({"other": b"its own"}, T0)
        await tx.machines.save({"default": bytes(range(256))}, T0 + MINUTE)
        found = await tx.machines.load("default")
        assert found == SavedMachine(state=bytes(range(256)), saved_at=T0 + MINUTE, version=2)
        assert await tx.machines.load("other") == SavedMachine(state=b"its own", saved_at=T0, version=1)


async def test_a_step_without_a_state_counts_too(store: Store) -> None:
    """Another program must read the observations that came with it."""
    async with store.begin() as tx:
        assert await tx.machines.hold(["default"]) == {}
        await tx.machines.save({"default": b""}, T0)
        await tx.machines.step(["default"])
        await tx.machines.save({"other": b""}, T0)
        assert await tx.machines.hold(["other", "default", "new"]) == {"default": 2, "other": 1}
        assert (await tx.machines.moved(None)).versions == {"default": 2, "other": 1}


async def test_those_who_moved_on_since_can_be_told_from_the_rest(store: Store) -> None:
    """By the database's clock, with some seconds of grace for who has not committed yet."""
    async with store.begin() as tx:
        await tx.machines.save({"old": b""}, T0)
        await tx.machines.save({"new": b""}, T0)
        await tx.connection.execute(text("UPDATE machines SET moved = moved - 60000000"))
        await tx.machines.step(["new"])
        every = await tx.machines.moved(None)
        assert every.versions == {"old": 1, "new": 2}
        assert (await tx.machines.moved(every.until)).versions == {"new": 2}
        assert (await tx.machines.moved(every.until + 60_000_000)).versions == {}
