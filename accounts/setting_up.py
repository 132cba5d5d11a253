"""How a fresh installation begins: its provider, its first administrator, and how far the setting up has come."""

import datetime as dt

from accounts import actions
from accounts.models import Team, User
from accounts.roles import Role
from core.actor import Actor
from customers.models import Customer, Installation

NAME = "My organisation"


def begin(*, by: Actor, at: dt.datetime, email: str, password: str) -> User:
    """Make the provider, a triage team and the first administrator, who may work tickets too; setting up is open.

    Needs a scope over all customers. Raises Forbidden, Conflict. Records customer.created and others.
    """
    provider = Customer(slug="provider", name=NAME, is_provider=True)
    actions.create_customer(provider, by=by, at=at, reason="First start")
    actions.change_installation(by=by, at=at, fields={"name": NAME, "setup": {}}, reason="First start")
    user = actions.create_user(email, email.partition("@")[0], by=by, at=at, password=password)
    for role in (Role.ADMINISTRATOR, Role.AGENT):
        actions.grant(user, role, by=by, at=at)
    team = Team(slug="service-desk", name="Service desk", is_triage=True)
    actions.create_team(team, by=by, at=at, members=[user])
    return user


def mark(step: str, state: str, *, by: Actor, at: dt.datetime) -> Installation:
    """Write down that a step is done or skipped; a done one stays done. Raises Forbidden. Records
    installation.changed."""
    present = progress() or {}
    if present.get(step) == "done":
        state = "done"
    return actions.change_installation(by=by, at=at, fields={"setup": {**present, step: state}})


def progress() -> dict[str, str] | None:
    """{step: "done" or "skipped"}; None where nothing is set up."""
    return Installation.objects.values_list("setup", flat=True).first()
