"""Escalate: ask for other hands (functional) or for somebody's decision (hierarchical), and say why."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from journal import recording
from tickets import events, locking, people, policy, processes, writing
from tickets.models import Ticket

FUNCTIONAL, HIERARCHICAL = "functional", "hierarchical"


def escalate(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    kind: str,
    to: str,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """Escalate (8.6.1): `functional` gives the ticket to a team (`to` is its slug), `hierarchical` calls a role or a
    person (`to` is a role's name, an id or an address) and leaves it where it is. Never stops a clock.

    Raises Forbidden, NotAllowed, Invalid (no reason, nobody called so, its present team), Stale.
    Records `<kind>.escalated_to`.
    """
    reason = reason.strip()
    with locking.locked(ticket, version) as row:
        policy.require(by, "escalate", row)
        processes.of(row).workflow.check(row, "escalate", kind=kind, to=to, reason=reason)
        said = _to_team(row, to, by, at) if kind == FUNCTIONAL else _to_somebody(row, to, by)
        recording.record(events.EscalatedTo(subject=row, by=by, at=at, kind=kind, reason=reason, **said))
    return row


def _to_team(row: Ticket, to: str, by: Actor, at: dt.datetime) -> dict[str, Any]:
    team = people.find_team(to, row.customer_id, by)
    if team is None:
        raise errors.required("to", _("A functional escalation goes to a team: choose one."))
    if team.pk == row.team_id:
        raise errors.required("to", _("%(team)s has it already: choose another team.") % {"team": team})
    row.team, row.assignee = team, None
    writing.save(row, by=by, at=at, verb="escalate")
    return {"to": str(team), "notify": ["team"], "team_id": team.pk}


def _to_somebody(row: Ticket, to: str, by: Actor) -> dict[str, Any]:
    role = people.find_role(to)
    if role is not None:
        if not people.holders(role, row.customer_id).exists():
            raise errors.required(
                "to",
                _("Nobody is %(role)s for this customer: choose another.") % {"role": role.label},
            )
        return {"to": str(role.label), "notify": [role.value]}
    person = people.find_login(to, by)
    if person is None:
        raise errors.required("to", _("A hierarchical escalation goes to a role or a person: choose one."))
    people.require_worker(person, row.customer_id, field="to")
    return {"to": str(person), "notify": [f"user:{person.pk}"]}
