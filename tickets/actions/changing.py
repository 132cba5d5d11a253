"""Change: plain fields by hand (PATCH, inline edit). Never the state: that is what the verbs are for."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from cmdb.models import Subscription
from core import errors
from core.actor import Actor
from journal import recording
from journal.events import plain
from tickets import events, locking, policy, processes, reference, timekeeping, writing
from tickets.actions import customizing
from tickets.models import AffectedItem, Ticket

LATE = 0.5  # the share of the time after which a lower priority needs a reason
CORE_FIELDS = ("title", "category", "service", "impact", "urgency", "site", "requester")
FIELDS = (*CORE_FIELDS, "priority", "priority_reason", "configuration_items", "extra")


def change(
    ticket: Ticket, *, by: Actor, at: dt.datetime, fields: dict[str, Any], version: int | None = None
) -> Ticket:
    """Set plain fields to new values. `priority` sets it by hand and needs `priority_reason`; None gives it back to
    the matrix. Detail fields of the process are taken too.

    Custom fields come in `extra`, by key.

    Raises Forbidden, NotAllowed (closed), Malformed (unknown field), Invalid (no reason, no subscription), Stale.
    Lowering the priority after half of the time is used needs the reason too (clocks.md, Moves), and records
    `<kind>.priority_lowered`. Records `<kind>.changed` with before and after; nothing where nothing differs.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "change", row)
        process = processes.of(row)
        process.workflow.check(row, "change")
        detail = process.detail._default_manager.get(pk=row.pk) if process.detail else None
        _check_known(fields, process.detail_fields)
        fields = dict(fields)
        extra = fields.pop("extra", None) or {}
        before = _values(row, detail, fields)
        was = row.priority
        _put(row, detail, fields)
        used = _used_when_lowered(row, was, fields, at)
        after = _values(row, detail, fields)
        changes = {
            name: [plain(before[name]), plain(after[name])] for name in after if before[name] != after[name]
        }
        changes |= customizing.put(row, extra, by=by) if extra else {}
        if changes:
            if row.blocked_at:  # it may end now: asked at the next tick, not tomorrow
                row.chase_at = at
            _save(row, detail, by=by, at=at)
            recording.record(
                events.Changed(
                    subject=row, by=by, at=at, changes=changes, reason=fields.get("priority_reason")
                )
            )
        if used is not None:
            recording.record(
                events.PriorityLowered(
                    subject=row, by=by, at=at, from_priority=was, to_priority=row.priority,
                    used_percent=round(used * 100), reason=str(fields["priority_reason"]).strip(),
                )
            )  # fmt: skip
    return row


def _check_known(fields: dict[str, Any], own: tuple[str, ...]) -> None:
    unknown = sorted(fields.keys() - {*FIELDS, *own})
    if unknown:
        raise errors.Malformed(
            _("Unknown field: %(names)s.") % {"names": ", ".join(unknown)},
            errors={name: [_("There is no such field to change.")] for name in unknown},
        )


def _values(row: Ticket, detail: Any, fields: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in fields if name not in ("priority_reason", "configuration_items")]
    values = {name: getattr(row if hasattr(row, name) else detail, name) for name in names}
    if {"impact", "urgency", "priority"} & fields.keys():
        values["priority"] = row.priority
    if "configuration_items" in fields:
        values["configuration_items"] = sorted(row.affected_items.values_list("item_id", flat=True))
    return values


def _put(row: Ticket, detail: Any, fields: dict[str, Any]) -> None:
    _check_priority(fields)
    for name, value in fields.items():
        if name in CORE_FIELDS:
            setattr(row, name, value)
        elif name == "priority":
            row.priority_override = value
        elif name == "configuration_items":
            _set_items(row, value)
        elif name != "priority_reason":
            setattr(detail, name, value)
    _check_values(row, fields)
    if {"impact", "urgency", "priority"} & fields.keys():
        reference.judge(row)


def _used_when_lowered(row: Ticket, was: int, fields: dict[str, Any], at: dt.datetime) -> float | None:
    """The share of the time that is used, where the priority is lowered late. Raises Invalid without a reason."""
    if row.priority <= was:  # 1 is the highest
        return None
    used = timekeeping.used_share(row, at)
    if used is None or used < LATE:
        return None
    if not str(fields.get("priority_reason") or "").strip():
        raise errors.required(
            "priority_reason", _("Half of its time is used: to lower the priority now, say why.")
        )
    return used


def _check_priority(fields: dict[str, Any]) -> None:
    if fields.get("priority") is not None and not str(fields.get("priority_reason") or "").strip():
        raise errors.required("priority_reason", _("To set the priority by hand, say why."))
    levels = {one.level for one in reference.priorities()} if fields.get("priority") is not None else set()
    if levels and fields["priority"] not in levels:
        raise errors.required("priority", _("There is no such priority here."))


def _check_values(row: Ticket, fields: dict[str, Any]) -> None:
    if not row.title.strip():
        raise errors.required("title", _("A title is needed."))
    if row.service_id and "service" in fields:
        taken = Subscription.objects.filter(customer_id=row.customer_id, service_id=row.service_id)
        if not taken.exists():
            raise errors.required("service", _("This customer does not take that service."))
    if row.category and {"category", "service"} & fields.keys():
        reference.require_category(row.category, row.kind, row.customer_id, row.service_id)
    if row.requester and "requester" in fields and row.requester.customer_id != row.customer_id:
        raise errors.required("requester", _("The requester belongs to another customer."))


def _set_items(row: Ticket, items: list[Any]) -> None:
    wanted = {item.pk for item in items}
    row.affected_items.exclude(item_id__in=wanted).delete()
    present = set(row.affected_items.values_list("item_id", flat=True))
    AffectedItem.objects.bulk_create(
        AffectedItem(customer_id=row.customer_id, compartment=row.compartment, ticket=row, item_id=item_id)
        for item_id in wanted - present
    )


def _save(row: Ticket, detail: Any, *, by: Actor, at: dt.datetime) -> None:
    writing.save(row, by=by, at=at, verb="change")
    if detail is not None:
        writing.dated(detail, by=by, at=at, verb="change")
        detail.save()
