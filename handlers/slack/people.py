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

    def may(self, person: str) -> bool:
        """Tell whether a person is in one of the groups."""
        return any(person in members for members in self._members.values())

    async def refresh(self) -> None:
        """Ask Slack who is in the groups; where it does not answer, those we know stay."""
        for group in self._groups:
            try:
                answer = await self._api.ask("usergroups.users.list", usergroup=group)
            except SlackError as error:
                log.warning("user_group_not_read", group=group, why=str(error))
                continue
            users = answer.get("users")
            self._members[group] = frozenset(map(str, users)) if isinstance(users, list) else frozenset()
