"""Whether those who alone may change incidents are known."""

from collections.abc import Sequence

from bot.app.doctor_result import Result
from handlers.slack.api import SlackApi
from handlers.slack.people import members_of
from handlers.slack.trouble import SlackError

MEND = "Add the optional scope usergroups:read and install the app again, or correct rules.managers"


async def managers(workspaces: Sequence[SlackApi], groups: Sequence[str]) -> list[Result]:
    """Look each group up in the workspaces; a group is at home in one of them."""
    return [await _manager(workspaces, group) for group in groups]


async def _manager(workspaces: Sequence[SlackApi], group: str) -> Result:
    what, faults = f"managers {group}", []
    for api in workspaces:
        try:
            members = await members_of(api, group)
        except SlackError as error:
            faults.append(str(error))
            continue
        if members:
            return Result(what=what, detail=f"{len(members)} in the group")
        return Result(what=what, fault="nobody is in the group, so nobody may change an incident. Add people in Slack")
    return Result(what=what, fault=f"{faults[0]}, so nobody in it may change an incident. {MEND}")
