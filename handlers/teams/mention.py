"""Whom a card calls by name: a person of the tenant, by UPN or Entra id; Teams has no mention of a group or channel."""

import re

_UPN = re.compile(r"[\w.+'#-]{1,64}@[A-Za-z0-9.-]{1,190}")
_ENTRA_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def checked(who: str) -> str:
    """Give a UPN or Entra id as it is, and nothing for nobody; ValueError for what Teams would show as mere text."""
    if who and not (_UPN.fullmatch(who) or _ENTRA_ID.fullmatch(who)):
        raise ValueError("is neither a sign-in name (ana@contoso.com) nor an Entra object id")
    return who
