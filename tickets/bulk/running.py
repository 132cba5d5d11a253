"""The two kinds of jobs: doing an order to many tickets, and taking one back. A step is one ticket, in one transaction
with the mark that it is done: a job that is taken up again after its worker died does nothing twice."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext as _

from core.actor import Actor
from customers import scoping
from jobs import actions as jobs
from jobs.models import Job
from tickets.bulk import doing, ids, orders
from tickets.choices import Outcome
from tickets.models import BulkChange, Ticket

KIND, UNDO = "tickets.bulk", "tickets.bulk_undo"


def run(job: Job, by: Actor) -> dict[str, Any]:
    """Carry out the order of a job. Returns the counts by outcome."""
    order, wanted = orders.of(job.arguments), ids.unpack(job.arguments["ids"])
    mates = _mates(order, wanted, by) if connection.in_atomic_block else {}
    for place in range(job.cursor or 0, len(wanted)):
        with _scope(by) as here:
            ticket = Ticket.objects.visible_to(by).filter(pk=wanted[place]).first()
            if ticket is not None:
                _one(job, ticket, order, by, here, mates)
            jobs.advance(job, at=here.at, done=place + 1, cursor=place + 1)
    with _scope(by):
        return counts(job, by)


def run_undo(job: Job, by: Actor) -> dict[str, Any]:
    """Take back what another job did. Returns that job's counts as they are then."""
    with _scope(by):
        done = Job.objects.get(pk=job.arguments["job"])
    order, wanted = orders.of(done.arguments), ids.unpack(job.arguments["ids"])
    for place in range(job.cursor or 0, len(wanted)):
        with _scope(by) as here:
            rows = BulkChange.objects.of_customers(by).filter(job_id=done.pk, outcome=Outcome.CHANGED)
            row = rows.filter(pk=wanted[place]).first()
            if row is not None:
                ticket = Ticket.objects.visible_to(by).filter(pk=row.ticket_id).first()
                doing.put_back(row, ticket, order, by=by, at=here.at)
            jobs.advance(job, at=here.at, done=place + 1, cursor=place + 1)
    with _scope(by):
        return counts(done, by)


def rows_of(job: Job, by: Actor) -> QuerySet:
    """What came of the tickets that the caller may still see, in the order of the work."""
    rows = BulkChange.objects.of_customers(by).filter(job_id=job.pk, compartment__in=by.compartments)
    return rows.select_related("ticket").order_by("id")


def first_of(job: Job, by: Actor, most: int) -> list[BulkChange]:
    """So many of them, in the order of the work; of more, those that say why not come first."""
    rows = rows_of(job, by)
    if (job.total or 0) > most:
        rows = rows.annotate(is_fine=ExpressionWrapper(Q(reason=""), BooleanField())).order_by(
            "is_fine", "id"
        )
    return list(rows[:most])


def counts(job: Job, by: Actor) -> dict[str, int]:
    """How many of each outcome; what nobody found counts as refused."""
    rows = BulkChange.objects.of_customers(by).filter(job_id=job.pk).order_by()
    found = {one["outcome"]: one["n"] for one in rows.values("outcome").annotate(n=Count("id"))}
    unknown = len(job.arguments["unknown"])
    if unknown:
        found[Outcome.REFUSED] = found.get(Outcome.REFUSED, 0) + unknown
    return found


def not_found() -> str:
    """Why a number that was named has no row."""
    return _("There is no such ticket, or you may not see it.")


def _mates(order: orders.Order, wanted: Sequence[int], by: Actor) -> dict[tuple[int, int], list[str]]:
    """The numbers that go to one person, by customer and compartment: all committed at once, he is told once."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    if order.verb != "assign" or not order.values.get("assignee"):
        return found
    with _scope(by):
        for one in Ticket.objects.visible_to(by).filter(pk__in=list(wanted)).order_by("id"):
            found[one.customer_id, one.compartment].append(one.number)
    return {place: numbers for place, numbers in found.items() if len(numbers) > 1}


def _one(
    job: Job,
    ticket: Ticket,
    order: orders.Order,
    by: Actor,
    here: scoping.Scope,
    mates: dict[tuple[int, int], list[str]],
) -> None:
    is_trial, together = job.arguments["is_dry_run"], mates.get((ticket.customer_id, ticket.compartment))
    found = doing.carry_out(ticket, order, by=by, at=here.at, is_trial=is_trial, together=together)
    BulkChange.objects.create(
        customer_id=ticket.customer_id, compartment=ticket.compartment, ticket=ticket, job_id=job.pk,
        outcome=found.outcome, reason=found.reason, before=found.before, version=found.version, at=here.at,
    )  # fmt: skip


def _scope(by: Actor) -> Any:
    return scoping.scope(by.customers, compartments=by.compartments, caller=by.key)


RUNNERS = {KIND: run, UNDO: run_undo}
