"""The row of a handover, begun and closed on a locked ticket: one supplier at a time. Shared by hold and hand over."""

import datetime as dt

from accounts import suppliers
from core.actor import Actor
from customers.models import Organization
from journal import recording
from tickets import events, handovers
from tickets.models import Handover, Ticket


def begin(row: Ticket, supplier: Organization, *, by: Actor, at: dt.datetime, reference: str) -> None:
    """Give it to this supplier, and take it from another one. His people may look in from now on."""
    close(row, by=by, at=at, cause="given_on")
    Handover.objects.create(
        customer_id=row.customer_id, compartment=row.compartment, ticket=row,
        party=supplier, from_at=at, reference=reference,
    )  # fmt: skip
    suppliers.reach(supplier.pk, row.customer_id)
    handovers.forget(row)
    recording.record(
        events.HandedOver(subject=row, by=by, at=at, supplier=str(supplier), reference=reference)
    )


def give_again(row: Ticket, ended_at: dt.datetime, *, by: Actor, at: dt.datetime) -> None:
    """Put the handover in force again that ended at that instant; nothing where none did."""
    own = Handover.objects.filter(customer_id=row.customer_id, ticket=row, to_at=ended_at)
    found = own.select_related("party").order_by("-id").first()
    if found is None or handovers.is_open(row):
        return
    found.to_at = None
    found.save(update_fields=["to_at"])
    handovers.forget(row)
    recording.record(
        events.HandedOver(subject=row, by=by, at=at, supplier=str(found.party), reference=found.reference)
    )


def close(row: Ticket, *, by: Actor, at: dt.datetime, cause: str, reason: str = "") -> None:
    """End the handover in force; nothing where nobody has it."""
    found = handovers.find_open(row)
    if found is None:
        return
    found.to_at = at
    found.save(update_fields=["to_at"])
    handovers.forget(row)
    recording.record(
        events.HandoverEnded(subject=row, by=by, at=at, supplier=str(found.party), cause=cause, reason=reason)
    )
