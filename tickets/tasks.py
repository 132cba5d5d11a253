"""The Celery door of the ticket core: ticks of the beat. A lost or doubled tick does no harm."""

import dataclasses
import logging

from celery import shared_task
from django.db import connection

from accounts import actors
from core.actor import Actor, ActorKind, Side
from customers import scoping
from jobs import callers
from tickets import actions
from tickets.choices import HoldKind, Phase
from tickets.models import PendingSend, Ticket

logger = logging.getLogger(__name__)

BATCH = 500


@shared_task(name="tickets.tasks.wake")
def wake() -> int:
    """Resume the scheduled holds whose time has come, each in a transaction of its own. Returns how many.

    Any number of wakers may run: a ticket that another one (or an agent) holds is left to him.
    """
    by = actors.system("Scheduled hold")
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        due = Ticket.objects.filter(
            phase=Phase.WAITING, hold_kind=HoldKind.SCHEDULED, next_at__lte=here.at, hold_until__lte=here.at
        )
        ids = list(due.order_by("hold_until", "id").values_list("id", flat=True)[:BATCH])
    return sum(_wake_one(by, ticket_id) for ticket_id in ids)


@shared_task(name="tickets.tasks.empty_outbox")
def empty_outbox() -> int:
    """Let the replies leave whose time has come, each in a transaction of its own, as their authors. Returns how many.

    Any number may run: a reply that another one has in hand is left to him.
    """
    by = actors.system("Outbox")
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        due = PendingSend.objects.filter(due_at__lte=here.at).order_by("due_at", "id")
        found = list(due.values_list("id", "author_id")[:BATCH])
    return sum(_release_one(by, pending_id, author_id) for pending_id, author_id in found)


@shared_task(name="tickets.tasks.chase")
def chase() -> int:
    """Remind customers who owe an answer, resolve what was never answered, close what stayed resolved, each in a
    transaction of its own. Returns how many. Any number of chasers may run."""
    by = actors.system("Reminder")
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        owed = Ticket.objects.filter(
            phase__in=(Phase.WAITING, Phase.RESOLVED), next_at__lte=here.at, chase_at__lte=here.at
        )
        ids = list(owed.order_by("chase_at", "id").values_list("id", flat=True)[:BATCH])
    return sum(_chase_one(by, ticket_id) for ticket_id in ids)


@shared_task(name="tickets.tasks.drop_unclaimed_uploads")
def drop_unclaimed_uploads() -> int:
    """Forget the files that no message took in 24 hours, caller by caller: each is seen by its own alone."""
    with scoping.scope(()) as here:
        at = here.at
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT caller FROM itsm_callers_with_old_uploads(%s)", [at - actions.KEEP_UNCLAIMED]
            )
            callers = [row[0] for row in cursor.fetchall()]
    dropped = 0
    for caller in callers:
        with scoping.scope((), caller=caller):
            dropped += actions.drop_unclaimed(by=_caller(caller), at=at)
    return dropped


def _wake_one(by: Actor, ticket_id: int) -> int:
    """One if the hold was ended here. A ticket that cannot be woken must not keep the others asleep."""
    try:
        with scoping.scope(by.customers, compartments=by.compartments) as here:
            rows = Ticket.objects.select_for_update(skip_locked=True, of=("self",))
            ticket = rows.filter(pk=ticket_id, hold_until__lte=here.at).first()
            if ticket is None:
                return 0
            actions.wake(ticket, by=by, at=here.at)
            return 1
    except Exception:
        logger.exception("ticket %s could not be woken, the next tick tries again", ticket_id)
        return 0


def _release_one(system: Actor, pending_id: int, author_id: int) -> int:
    """One if the reply left (or went back to its author) here. A reply that fails must not keep the others."""
    caller = f"{ActorKind.USER}:{author_id}"
    try:
        author = callers.find_actor(caller) or _caller(caller)
        with scoping.scope(system.customers, compartments=system.compartments, caller=caller) as here:
            return int(actions.release(pending_id, by=actors.with_persons(author), at=here.at))
    except Exception:
        logger.exception("reply %s could not leave the outbox, it is tried again", pending_id)
        with scoping.scope(system.customers, compartments=system.compartments) as here:
            actions.put_off(pending_id, at=here.at)
        return 0


def _chase_one(by: Actor, ticket_id: int) -> int:
    """One if something was done here. A ticket that cannot be chased must not keep the others waiting."""
    try:
        with scoping.scope(by.customers, compartments=by.compartments) as here:
            rows = Ticket.objects.select_for_update(skip_locked=True, of=("self",))
            ticket = rows.filter(pk=ticket_id, chase_at__lte=here.at).first()
            return int(ticket is not None and actions.chase(ticket, by=by, at=here.at))
    except Exception:
        logger.exception("ticket %s could not be chased, the next tick tries again", ticket_id)
        return 0


def _caller(key: str) -> Actor:
    """The bare actor behind a caller's key, `user:7`: it may do nothing but be whose these are."""
    kind, _, number = key.partition(":")
    bare = Actor(kind=ActorKind(kind), id=int(number), label=key, side=Side.CUSTOMER)
    return bare if number != "0" else dataclasses.replace(bare, id=None)
