"""Opening what has come due: each local day of a schedule once, whoever sweeps, whenever a worker died.

The row of an Occurrence is written in the transaction of its ticket, unique on (schedule, local day): a second sweeper
finds the schedule locked, a repeated one finds the row.
"""

import datetime as dt

from automation import occurrences
from automation.choices import CatchUp, Outcome
from automation.models import Occurrence, Schedule
from core import errors
from core.actor import ALL, Actor, ActorKind, Side
from customers import scoping
from tickets import processes
from tickets.actions import Opening
from tickets.models import Ticket

LATE = dt.timedelta(hours=1)
MOST = 60  # occurrences of one schedule in one sweep: two months of a daily one
BATCH = 200


def due_ids(at: dt.datetime) -> list[tuple[int, int]]:
    """(customer, schedule) of what is due, the longest overdue first."""
    rows = Schedule.objects.filter(is_on=True, next_at__lte=at)
    return list(rows.order_by("next_at", "id").values_list("customer_id", "id")[:BATCH])


def work_off_one(customer_id: int, schedule_id: int, *, by: Actor, at: dt.datetime) -> int:
    """Open what one schedule owes, unless another sweeper has it in hand. Returns how many tickets were opened."""
    rows = Schedule.objects.select_for_update(skip_locked=True, of=("self",))
    row = rows.filter(customer_id=customer_id, pk=schedule_id, is_on=True, next_at__lte=at).first()
    return work_off(row, by=by, at=at) if row else 0


def work_off(schedule: Schedule, *, by: Actor, at: dt.datetime) -> int:
    """Open what is due by `at`, by the schedule's way of catching up, and aim it at what follows."""
    if schedule.next_at is None:
        return 0
    dues = occurrences.between(schedule, schedule.next_at, at, MOST)
    opened = 0
    for number, due in enumerate(dues):
        is_wanted = _is_wanted(schedule, due, is_last=number == len(dues) - 1, at=at)
        opened += _occur(schedule, due, is_wanted=is_wanted, by=by, at=at)
    following = occurrences.after(schedule, at, 1)
    schedule.checked_on = occurrences.local_day(schedule, at)
    schedule.next_at = following[0].due_at if following else None
    schedule.save(update_fields=["checked_on", "next_at"])
    return opened


def _is_wanted(schedule: Schedule, due: occurrences.Due, *, is_last: bool, at: dt.datetime) -> bool:
    if schedule.catch_up == CatchUp.NONE:
        return at - due.due_at <= LATE
    return is_last or schedule.catch_up == CatchUp.ALL


def _occur(schedule: Schedule, due: occurrences.Due, *, is_wanted: bool, by: Actor, at: dt.datetime) -> int:
    if Occurrence.objects.filter(customer_id=schedule.customer_id, schedule=schedule, on=due.on).exists():
        return 0
    outcome, number, detail = Outcome.SKIPPED, "", ""
    if is_wanted:
        try:
            with scoping.scope(ALL, compartments=by.compartments):
                number = _open(schedule, at).number
            outcome = Outcome.OPENED
        except errors.Refused as refusal:
            outcome, detail = Outcome.REFUSED, refusal.detail[:500]
    Occurrence.objects.create(
        customer_id=schedule.customer_id, schedule=schedule, on=due.on, due_at=due.due_at, outcome=outcome,
        number=number, detail=detail, at=at,
    )  # fmt: skip
    return int(outcome == Outcome.OPENED)


def _open(schedule: Schedule, at: dt.datetime) -> Ticket:
    template = schedule.template
    opening = Opening(
        customer=schedule.customer, title=template.title, description=template.description, service=template.service,
        impact=template.impact, urgency=template.urgency, requester=schedule.requester, category=template.category,
        team=template.to_team, assignee=template.to_user, channel=template.channel,
    )  # fmt: skip
    return processes.of(template.kind).open(opening, by=actor_of(schedule), at=at)


def actor_of(schedule: Schedule) -> Actor:
    """The schedule as who acts: named in entries and in the history."""
    return Actor(ActorKind.SCHEDULE, schedule.pk, schedule.name, Side.SYSTEM, customers=ALL)
