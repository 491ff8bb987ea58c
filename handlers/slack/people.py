"""Who may change incidents: the members of some user groups."""

from collections.abc import Sequence

import structlog

from handlers.slack.api import SlackApi
from handlers.slack.trouble import SlackError

log = structlog.get_logger()


class GroupMembers:
    """Remembers the members of user groups, so that nobody waits for Slack when they press a button.

    ``refresh`` is to be called at the start and every few minutes; it needs the scope ``usergroups:read``.
    """

    def __init__(self, api: SlackApi, groups: Sequence[str]) -> None:
        """Take the groups by id; until the first refresh nobody is in them."""
        self._api = api
        self._groups = groups
        self._members: dict[str, frozenset[str]] = {}
        self._names: dict[str, str] = {}

    def may(self, person: str) -> bool:
        """Tell whether a person is in one of the groups."""
        return any(person in members for members in self._members.values())

    @property
    def names(self) -> Sequence[str]:
        """Give the groups' names as people write them, those that Slack has told us."""
        return [self._names[group] for group in self._groups if group in self._names]

    async def refresh(self) -> None:
        """Ask Slack what the groups are called and who is in them; where it does not answer, what we know stays."""
        await self._read_names()
        for group in self._groups:
            try:
                self._members[group] = await members_of(self._api, group)
            except SlackError as error:
                log.warning("user_group_not_read", group=group, why=str(error))

    async def _read_names(self) -> None:
        try:
            answer = await self._api.ask("usergroups.list")
        except SlackError as error:
            log.warning("user_groups_not_named", why=str(error))
            return
        listed = answer.get("usergroups")
        for row in listed if isinstance(listed, list) else ():
            if isinstance(row, dict) and row.get("handle"):
                self._names[str(row.get("id"))] = f"@{row['handle']}"


async def members_of(api: SlackApi, group: str) -> frozenset[str]:
    """Ask Slack who is in a user group, by its id; raises SlackError."""
    users = (await api.ask("usergroups.users.list", usergroup=group)).get("users")
    return frozenset(map(str, users)) if isinstance(users, list) else frozenset()
