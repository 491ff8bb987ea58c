from bot.store import Store
from tests.store.samples import MINUTE, T0


async def test_the_newest_state_of_each_machine_is_kept(store: Store) -> None:
    """Any bytes, by tenant."""
    async with store.begin() as tx:
        assert await tx.machines.load("default") is None
        await tx.machines.save("default", b"old", T0)
        await tx.machines.save("other", b"its own", T0)
        await tx.machines.save("default", bytes(range(256)), T0 + MINUTE)
        assert await tx.machines.load("default") == (bytes(range(256)), T0 + MINUTE)
        assert await tx.machines.load("other") == (b"its own", T0)
