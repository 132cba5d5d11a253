"""Colleagues whom an internal note names as @Full Name: they are told of it."""

from accounts import queries as logins
from accounts.models import User
from core.actor import Actor


def mentioned(text: str, by: Actor) -> list[User]:
    """The desk's logins that this text names, in the order of their ids; nobody tells himself."""
    if "@" not in text:
        return []
    said = text.casefold()
    people = logins.desk_users(by).exclude(pk=by.user_id).order_by("id")
    return [one for one in people if f"@{str(one).casefold()}" in said]
