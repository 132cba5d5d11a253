"""Starting work on many tickets, and taking it back within ten minutes. The work itself is a job (tickets/bulk/)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from jobs import actions as jobs
from jobs.choices import State
from jobs.models import Job
from tickets.bulk import ids as packing
from tickets.bulk import orders, running
from tickets.bulk.orders import Order
from tickets.choices import Outcome
from tickets.models import BulkChange, Ticket

UNDO_WITHIN = dt.timedelta(minutes=10)


def start_bulk(
    numbers: Sequence[str] = (),
    *,
    by: Actor,
    at: dt.datetime,
    ids: Iterable[int] | None = None,
    verb: str = "",
    values: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
    is_dry_run: bool = False,
) -> Job:
    """Write down one order for many tickets as a job of this caller; the door nudges the worker.

    `numbers` names up to 500, one by one; `ids` are all that a door has found by a filter, however many. Each is
    looked for again, as this caller may see it, when its turn comes. `verb` with `values`, or `fields`, raw as a JSON
    body has them. Numbers that lead nowhere are refused in the result. Raises Forbidden (not of the desk), Malformed
    (none or too many, no such verb, a value does not fit), Invalid (something is missing). No entry: each ticket's own
    says what was done to it.
    """
    if not by.is_inside:
        raise errors.Forbidden(_("Only the desk changes many tickets at once."))
    order = Order(verb, dict(values or {}), dict(fields or {}))
    found, unknown = _named(numbers, by) if ids is None else (packing.pack(ids), [])
    orders.check(order, by)
    total = len(packing.unpack(found))
    if not total and not unknown:
        sentence = _("No ticket fits this.")
        raise errors.Malformed(sentence, errors={"filter": [sentence]})
    arguments = {
        "verb": order.verb, "values": order.values, "fields": order.fields, "is_dry_run": is_dry_run,
        "ids": found, "unknown": unknown,
    }  # fmt: skip
    return jobs.start(running.KIND, by=by, at=at, arguments=arguments, total=total)


def _named(numbers: Sequence[str], by: Actor) -> tuple[list[int] | str, list[str]]:
    """The ids behind these numbers, and the numbers that lead nowhere. Raises Malformed."""
    wanted = list(dict.fromkeys(one.strip().upper() for one in numbers))
    if not 1 <= len(wanted) <= orders.MOST:
        sentence = _("Name 1 to %(most)s tickets.") % {"most": orders.MOST}
        raise errors.Malformed(sentence, errors={"numbers": [sentence]})
    found = dict(Ticket.objects.visible_to(by).filter(number__in=wanted).values_list("number", "id"))
    return packing.pack(found.values()), [one for one in wanted if one not in found]


def undo_bulk(job: Job, *, by: Actor, at: dt.datetime) -> Job:
    """Start taking back what a job did: fields and assignments that nobody has changed since. Returns the new job.

    Raises NotFound, NotAllowed (still running, too late, taken back already, nothing that can be).
    """
    row = Job.objects.select_for_update().filter(pk=job.pk, caller=by.key, kind=running.KIND).first()
    if row is None:
        raise errors.NotFound(_("There is no such job."))
    sentence = why_no_undo(row, by=by, at=at)
    if sentence:
        raise errors.NotAllowed(sentence)
    rows = BulkChange.objects.of_customers(by).filter(job_id=row.pk, outcome=Outcome.CHANGED)
    ids = list(rows.order_by("id").values_list("id", flat=True))
    arguments = {"job": row.pk, "ids": packing.pack(ids), "unknown": []}
    return jobs.start(running.UNDO, by=by, at=at, arguments=arguments, total=len(ids))


def why_no_undo(job: Job, *, by: Actor, at: dt.datetime) -> str:
    """Why this job cannot be taken back now, or nothing where it can."""
    if job.kind != running.KIND or job.arguments["is_dry_run"]:
        return _("There is nothing to undo: nothing was changed.")
    if not orders.of(job.arguments).can_be_undone:
        return no_opposite()
    if job.is_open:
        return _("It is still running: cancel it first.")
    if job.ended_at is None or at > job.ended_at + UNDO_WITHIN:
        return _("It is too late: a change of many tickets can be undone for ten minutes.")
    if undo_of(job, by) is not None:
        return _("It was undone already.")
    rows = BulkChange.objects.of_customers(by).filter(job_id=job.pk, outcome=Outcome.CHANGED)
    return "" if rows.exists() else _("There is nothing to undo: nothing was changed.")


def no_opposite() -> str:
    """Why a verb without an inverse is not taken back."""
    return _("This cannot be undone: the step has no opposite.")


def undo_of(job: Job, by: Actor) -> Job | None:
    """The job that takes this one back, or did."""
    rows = Job.objects.filter(caller=by.key, kind=running.UNDO, arguments__job=job.pk)
    return rows.exclude(state=State.CANCELLED).order_by("-id").first()
