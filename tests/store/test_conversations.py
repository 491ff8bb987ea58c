from bot.store import Conversation, Store
from tests.store.samples import T0

CHANNEL = Conversation(
    id="19:a@thread.tacv2", service_url="https://smba.trafficmanager.net/emea", azure_tenant="t", team="19:team"
)
CHAT = Conversation(id="a:1", service_url="https://smba.trafficmanager.net/emea", azure_tenant="t", person="ana")


async def test_what_is_learned_last_is_what_is_known(store: Store) -> None:
    """One row a conversation."""
    async with store.begin() as tx:
        await tx.conversations.learn(Conversation(id=CHAT.id, service_url="https://old", azure_tenant="t"), T0)
        await tx.conversations.learn(CHAT, T0)
        await tx.conversations.learn(CHANNEL, T0)
        assert await tx.conversations.all() == [CHANNEL, CHAT]


async def test_a_team_is_forgotten_with_its_channels(store: Store) -> None:
    """And a chat by itself."""
    async with store.begin() as tx:
        for one in (CHANNEL, CHAT):
            await tx.conversations.learn(one, T0)
        await tx.conversations.forget("19:team")
        assert await tx.conversations.all() == [CHAT]
        await tx.conversations.forget("a:1")
        assert await tx.conversations.all() == []
