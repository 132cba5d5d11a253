"""Assign: who has it in hand."""

import datetime as dt
import enum

from django.utils.translation import gettext as _

from accounts.models import Membership, Team, User
from core import errors
from core.actor import Actor
from journal import recording
from tickets import events, locking, people, policy, processes, writing
from tickets.models import Ticket


class Keep(enum.Enum):
    """The sentinel for "not mentioned", beside None = "nobody"."""

    KEEP = "keep"


KEEP = Keep.KEEP


def assign(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    assignee: User | Keep | None = KEEP,
    team: Team | Keep | None = KEEP,
    version: int | None = None,
    together: list[str] | None = None,
) -> Ticket:
    """Give a ticket to a team, to a person, or back to nobody (None). Never stops a clock.

    `together`: the numbers that go to the same person in one deed, so that he is told once.
    A person who is not in the team brings his own team along, if he has exactly one.
    Raises Forbidden, NotAllowed, Stale, Invalid (nothing named, nobody of this customer's desk).
    Records `<kind>.assigned`.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "assign", row)
        processes.of(row).workflow.check(row, "assign")
        if isinstance(assignee, Keep) and isinstance(team, Keep):
            raise errors.required("assignee", _("Say to whom, or to which team."))
        was_team, was_assignee = row.team, row.assignee
        if not isinstance(team, Keep):
            row.team = team
            row.assignee = (
                row.assignee if not isinstance(assignee, Keep) or _is_member(row.assignee, team) else None
            )
        if not isinstance(assignee, Keep):
            people.require_worker(assignee, row.customer_id)
            people.require_on_the_list(assignee, row.compartment)
            row.assignee = assignee
            row.team = row.team if not isinstance(team, Keep) else _team_of(assignee, row.team)
        if (row.team, row.assignee) == (was_team, was_assignee):
            return row
        writing.save(row, by=by, at=at, verb="assign")
        recording.record(
            events.Assigned(
                subject=row, by=by, at=at, team=_label(row.team), assignee=_label(row.assignee),
                was_team=_label(was_team), was_assignee=_label(was_assignee),
                assignee_id=row.assignee_id, team_id=row.team_id, together=together,
            )
        )  # fmt: skip
    return row


def _label(row: Team | User | None) -> str | None:
    return str(row) if row else None


def _is_member(person: User | None, team: Team | None) -> bool:
    return bool(person and team and Membership.objects.filter(user=person, team=team).exists())


def _team_of(person: User | None, present: Team | None) -> Team | None:
    """The present team where the person is in it, else his only team, else the present one."""
    if person is None or _is_member(person, present):
        return present
    own = list(Team.objects.filter(memberships__user=person)[:2])
    return own[0] if len(own) == 1 else present
