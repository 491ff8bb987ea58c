"""How the outbox stands over all tenants."""

from datetime import timedelta

from bot.store import Store
from bot.types import Draft, Kind, Message, Reason, Severity
from tests.store.samples import MINUTE, T0


def draft(tenant: str, destination: str, key: str, *, kind: Kind = Kind.HEAD) -> Draft:
    """Make a message that is due at once."""
    said = Message(
        at=T0,
        reason=Reason.OPENED,
        severity=Severity.SEVERE,
        headline=("Mail is late.",),
        advice=("Wait.",),
        tenant=tenant,
    )
    return Draft(destination=destination, kind=kind, message=said, key=key, due=T0)


async def test_what_waits_is_counted_by_tenant(store: Store) -> None:
    """Pictures and what people are told in person are left out."""
    kept = [draft("a", "ops", "1"), draft("a", "it", "2"), draft("b", "ops", "3"), draft("b", "@slack:T:U", "4")]
    kept.append(draft("a", "ops", "5", kind=Kind.PICTURE))
    async with store.begin() as tx:
        await tx.deliveries.save(kept, T0)
        waiting = await tx.outbox.waiting()
    assert {name: one.count for name, one in waiting.items() if name == "a"} == {"a": 2}
    assert waiting["a"].due == T0


async def test_a_channel_is_given_up_until_a_later_message_was_taken(store: Store) -> None:
    """By tenant and channel: two tenants may have a channel of the same name."""
    lease = timedelta(seconds=30)
    async with store.begin() as tx:
        await tx.deliveries.save([draft("a", "ops", "1"), draft("b", "ops", "2")], T0)
        for tenant in ("a", "b"):
            claimed = await tx.deliveries.claim(tenant, "ops", T0, lease)
            assert claimed is not None
            await tx.deliveries.give_up(claimed, "the bot was removed", T0)
        assert await tx.outbox.given_up() == dict.fromkeys([("a", "ops"), ("b", "ops")], "the bot was removed")
        await tx.deliveries.save([draft("a", "ops", "3")], T0 + MINUTE)
        claimed = await tx.deliveries.claim("a", "ops", T0 + MINUTE, lease)
        assert claimed is not None
        await tx.deliveries.mark_sent(claimed, None, T0 + MINUTE)
        assert await tx.outbox.given_up() == {("b", "ops"): "the bot was removed"}
