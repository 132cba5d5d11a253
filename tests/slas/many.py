"""Many clocks at once, for tests of sweepers and for the benchmark: copies of one ticket, made by the database."""

import datetime as dt

from django.db import connection
from django.db.models import Model

from slas.models import Segment, Timer
from tickets.models import Ticket


def _columns(model: type[Model], *without: str) -> list[str]:
    fields = [one for one in model._meta.concrete_fields if not one.generated and not one.primary_key]
    return [f'"{one.column}"' for one in fields if one.name not in without]


def copy(ticket: Ticket, count: int, *, due_from: dt.datetime, spread: dt.timedelta, metric: str) -> None:
    """Give the database `count` more tickets with one clock of this metric each, due one after the other.

    Copies carry the number of the first ticket with a suffix; their clocks are due within `spread` of `due_from`.
    """
    tickets, timers, segments = (
        ", ".join(_columns(Ticket, "number")),
        ", ".join(_columns(Timer, "ticket", "due_at", "next_at")),
        ", ".join(_columns(Segment, "timer")),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO tickets_ticket (number, {tickets})"  # noqa: S608 - names of our own columns
            f" SELECT number || '-' || n, {tickets} FROM tickets_ticket, generate_series(1, %s) n WHERE id = %s",
            [count, ticket.pk],
        )
        cursor.execute(
            f"INSERT INTO slas_timer (ticket_id, due_at, next_at, {timers})"  # noqa: S608
            f" SELECT c.id, d.due, d.due, {', '.join('o.' + one for one in timers.split(', '))}"
            " FROM tickets_ticket c, slas_timer o,"
            " LATERAL (SELECT %s::timestamptz + (c.id - o.ticket_id) * %s::interval AS due) d"
            " WHERE c.number LIKE %s AND o.ticket_id = %s AND o.metric = %s",
            [due_from, spread / max(count, 1), f"{ticket.number}-%", ticket.pk, metric],
        )
        cursor.execute(
            f"INSERT INTO slas_segment (timer_id, {segments})"  # noqa: S608
            f" SELECT t.id, {', '.join('s.' + one for one in segments.split(', '))}"
            " FROM slas_timer t, slas_segment s, slas_timer o"
            " WHERE t.ticket_id <> %s AND s.timer_id = o.id AND o.ticket_id = %s AND o.metric = %s",
            [ticket.pk, ticket.pk, metric],
        )
        cursor.execute("ANALYZE slas_timer")
