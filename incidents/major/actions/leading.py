"""Lead: who has which role in a major incident, and what was decided in it."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from accounts.models import User
from core import errors
from core.actor import Actor
from incidents.major import events
from incidents.models import MajorDecision, MajorIncident
from journal import recording
from tickets import locking, people, policy, processes, writing
from tickets.actions.assigning import KEEP, Keep
from tickets.models import Ticket

ROLES = ("lead", "communications", "technical")


def give_roles(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    lead: User | Keep | None = KEEP,
    communications: User | Keep | None = KEEP,
    technical: User | Keep | None = KEEP,
    version: int | None = None,
) -> Ticket:
    """Say who leads, who speaks and who repairs (None = nobody). The lead is not the one who resolves it.

    Raises Forbidden, NotAllowed, Invalid (nobody named, somebody who does not work here, the resolver as lead), Stale.
    Records incident.major_roles_given; nothing where nothing differs.
    """
    given = {"lead": lead, "communications": communications, "technical": technical}
    wanted = {name: one for name, one in given.items() if not isinstance(one, Keep)}
    with locking.locked(ticket, version) as row:
        policy.require(by, "give_roles", row)
        processes.of(row).workflow.check(row, "give_roles")
        if not wanted:
            raise errors.required("lead", _("Say who leads, who speaks or who repairs."))
        check_roles(row, wanted)
        major = MajorIncident.objects.select_related(*ROLES).get(pk=row.pk, customer_id=row.customer_id)
        changed = {name: one for name, one in wanted.items() if getattr(major, name) != one}
        if not changed:
            return row
        for name, one in changed.items():
            setattr(major, name, one)
        writing.dated(major, by=by, at=at, verb="give_roles")
        major.save()
        writing.touch(row, at=at)
        say_roles(row, major, by=by, at=at, new=[one for one in changed.values() if one])
    return row


def record_decision(
    ticket: Ticket, *, by: Actor, at: dt.datetime, text: str, version: int | None = None
) -> Ticket:
    """Write down what was decided, when it is. Raises Forbidden, NotAllowed, Invalid (no text), Stale.
    Records incident.major_decided."""
    text = text.strip()
    with locking.locked(ticket, version) as row:
        policy.require(by, "record_decision", row)
        processes.of(row).workflow.check(row, "record_decision", text=text)
        MajorDecision.objects.create(
            customer_id=row.customer_id, compartment=row.compartment, ticket=row, text=text, at=at,
            by_label=by.label[:200],
        )  # fmt: skip
        writing.touch(row, at=at)
        recording.record(events.Decided(subject=row, by=by, at=at, text=text))
    return row


def check_roles(row: Ticket, roles: Mapping[str, User | Keep | None]) -> None:
    """Raises Invalid for a lead who resolves it himself, or somebody who does not work on this customer's tickets."""
    lead = roles.get("lead")
    if isinstance(lead, User) and lead.pk == row.assignee_id:
        raise errors.required(
            "lead",
            _("%(name)s is the one who resolves it: somebody else leads a major incident.") % {"name": lead},
        )
    for name, one in roles.items():
        if isinstance(one, User):
            try:
                people.require_worker(one, row.customer_id)
            except errors.Refused as refusal:
                raise errors.required(name, refusal.detail) from refusal


def say_roles(row: Ticket, major: MajorIncident, *, by: Actor, at: dt.datetime, new: Iterable[User]) -> None:
    """Record who has which role now, and who got one."""
    ids = list(dict.fromkeys(one.pk for one in new))
    labels = {name: str(one) for name in ROLES if (one := getattr(major, name))}
    recording.record(events.RolesGiven(subject=row, by=by, at=at, new_ids=ids, **labels))
