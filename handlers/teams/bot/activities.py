"""The SDK's activities in our own nouns: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store import Conversation
from handlers.teams.bot.heard import Heard

if TYPE_CHECKING:
    from microsoft_teams.api import ActivityBase

_THREAD = ";messageid="


def heard(activity: ActivityBase, *, text: str | None = None, incident: str = "") -> Heard:
    """Say who said what, and where; a new post in a channel is the root of its own thread."""
    sender = activity.from_
    name = sender.name or "somebody"
    return Heard(
        id=activity.id,
        place=place_of(activity),
        thread=activity.conversation.id.partition(_THREAD)[2],
        person=sender.aad_object_id or sender.id,
        name=name,
        text=text or "",
        incident=incident,
    )


def place_of(activity: ActivityBase) -> Conversation:
    """Say where an activity comes from, so that the bot can speak there later."""
    conversation, data = activity.conversation, activity.channel_data
    personal = conversation.conversation_type == "personal"
    return Conversation(
        id=conversation.id.partition(";")[0],
        service_url=activity.service_url or "",
        azure_tenant=conversation.tenant_id or (data and data.tenant and data.tenant.id) or "",
        team=(data and data.team and data.team.id) or "",
        person=(activity.from_.aad_object_id or activity.from_.id) if personal else "",
    )


def removed(activity: ActivityBase) -> str:
    """Name what the bot was taken out of: a team with all its channels, or one conversation."""
    place = place_of(activity)
    return place.team or place.id
