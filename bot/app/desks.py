"""What people can ask and change from chat, made for each company when somebody first asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.app.loops import Beat, Loop
from bot.app.tenants import Moved, in_one_file
from bot.app.whose import Whose
from bot.types import Order, Person, Reported, Snapshot
from handlers.commands import Commands
from handlers.desks import Desks
from handlers.orders import Orders
from handlers.saving import Saving
from handlers.slack.api import SlackApi
from handlers.slack.people import GroupMembers
from handlers.subscriptions import Subscriptions

if TYPE_CHECKING:
    from bot.app.bot import Bot

REFRESH, REFRESH_DEADLINE = timedelta(minutes=5), timedelta(minutes=30)
MENTION = "@mailstatus"
"""How people begin in Teams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Managers:
    """Who may change incidents: ``may`` tells it by a person's id, ``names`` are for those who may not."""

    may: Callable[[str], bool]
    names: Callable[[], Sequence[str]]


@dataclass(slots=True, kw_only=True)
class CompanyDesks:
    """One desk a company and platform, thrown away when the company changes."""

    bot: "Bot"
    whose: Whose
    saving: Saving
    slack: SlackApi | None
    _desks: dict[tuple[str, str], Commands] = field(default_factory=dict)
    _groups: dict[str, list[GroupMembers]] = field(default_factory=dict)

    async def follow(self, moved: Moved) -> None:
        """Make desks anew for those who came or changed."""
        for one in (*moved.added, *moved.changed, *moved.removed):
            self._groups.pop(one.name, None)
        self._desks.clear()
        for name in (one.name for one in (*moved.added, *moved.changed)):
            self._join(name)

    def of(self, platform: str) -> Desks:
        """Give the desks of a platform's people."""
        return Desks(
            find=lambda place, channel: self._find(platform, place, channel),
            first=self._first,
            saving=self.saving,
            clock=self.bot.clock,
            language=lambda channel: self.whose.language(channel) or self._usual(),
        )

    def alone(self) -> Commands | None:
        """Give the desk of the company that mailstatus.toml speaks of, for those who ask by its own secret."""
        names = [one.name for one in in_one_file(self.bot.settings)]
        return self._desk("teams", names[0]) if names else None

    def members(self) -> Loop:
        """Have the members of everybody's groups read now and every few minutes."""
        for name in self.bot.tenants.names():
            self._join(name)

        async def again(beat: Beat) -> None:
            while True:
                for group in [one for groups in self._groups.values() for one in groups]:
                    await group.refresh()
                    beat()
                beat()
                await self.bot.clock.sleep(REFRESH)

        return Loop(name="group members", run=again, deadline=REFRESH_DEADLINE)

    def _join(self, name: str) -> None:
        installation = self.bot.tenants.view(name).settings.installation
        wanted = installation.rules.managers
        workspaces = {one.workspace for one in installation.destinations.values() if one.channel}
        if self.slack and wanted:
            teams = workspaces if self.bot.installations is not None else {""}
            self._groups[name] = [GroupMembers(self.slack.of(team), wanted) for team in sorted(teams)]

    async def _first(self, what: str) -> bool:
        async with self.bot.store.begin() as tx:
            return await tx.requests.first(what, self.bot.clock.now())

    def _usual(self) -> str:
        names = self.bot.tenants.names()
        return self.bot.pipeline.language(names[0]) if len(names) == 1 else "en"

    def _find(self, platform: str, place: str, channel: str) -> Commands | None:
        name = self.whose.company(platform, place, channel)
        return self._desk(platform, name) if name else None

    def _desk(self, platform: str, name: str) -> Commands | None:
        if name not in self.bot.pipeline.tenants:
            return None
        if (platform, name) not in self._desks:
            made = commands(self.bot, name, self._managers(platform, name), saving=self.saving)
            self._desks[platform, name] = made if platform == "slack" else replace(made, name=MENTION)
        return self._desks[platform, name]

    def _managers(self, platform: str, name: str) -> Managers:
        wanted = self.bot.tenants.view(name).settings.installation.rules.managers
        groups = self._groups.get(name, [])

        def may(person: str) -> bool:
            return not wanted or (platform == "slack" and any(group.may(person) for group in groups))

        return Managers(may=may, names=lambda: list(dict.fromkeys(one for group in groups for one in group.names)))


def commands(bot: "Bot", tenant: str, managers: Managers, *, saving: Saving) -> Commands:
    """Give what people can ask and change from chat about one company's mail."""

    async def order(order: Order) -> None:
        await bot.pipeline.order(replace(order, tenant=tenant))

    async def refused(order: Order) -> None:
        await bot.pipeline.refuse(replace(order, tenant=tenant))

    async def report(reported: Reported, by: Person) -> None:
        await bot.pipeline.report(replace(reported, tenant=tenant), by)

    def snapshot() -> Snapshot:
        return bot.pipeline.asked(tenant)

    orders = Orders(
        snapshot=snapshot,
        order=order,
        report=report,
        refused=refused,
        clock=bot.clock,
        may=managers.may,
        managers=managers.names,
        saving=saving,
    )
    subscriptions = Subscriptions(
        get=bot.subscribers.get,
        change=bot.subscribers.change,
        clock=bot.clock,
        saving=saving,
        tenant=tenant,
    )
    return Commands(orders=orders, subscriptions=subscriptions, language=bot.pipeline.language(tenant))
