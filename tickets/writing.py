"""Saving a ticket: one place that counts the version, moves `updated_at` and dates the history row."""

import datetime as dt

from django.db import models

from core.actor import Actor
from tickets.models import Ticket


def save(ticket: Ticket, *, by: Actor, at: dt.datetime, verb: str) -> None:
    """Save a ticket whose own fields changed: a new version, a history row dated `at`."""
    ticket.version += 1
    ticket.updated_at = at
    dated(ticket, by=by, at=at, verb=verb)
    ticket.save()


def dated(row: models.Model, *, by: Actor, at: dt.datetime, verb: str) -> None:
    """Date the history row that the next save of a tracked row writes, and say who did what."""
    row._history_date = at
    row._change_reason = f"{verb} by {by.key}"


def touch(ticket: Ticket, *, at: dt.datetime, **columns: object) -> None:
    """Move `updated_at` (and such columns as `last_customer_at`) without a new version or a history row."""
    Ticket.objects.filter(pk=ticket.pk, customer_id=ticket.customer_id).update(updated_at=at, **columns)
    for name, value in {"updated_at": at, **columns}.items():
        setattr(ticket, name, value)
