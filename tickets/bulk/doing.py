"""One ticket of an order: carried out, tried, or taken back; a refusal is an outcome, never the end of the others."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Person, Site, Team, User
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core import errors
from core.actor import Actor
from tickets import actions, custom, inputs, policy, verbs
from tickets.bulk import orders
from tickets.bulk.orders import Order
from tickets.choices import Outcome
from tickets.models import BulkChange, Ticket, Watcher

_REASON = 500
_ROWS = {"category": Category, "service": ConfigurationItem, "site": Site, "requester": Person}


@dataclass(frozen=True)
class Result:
    """What came of it. `before` is what undoing puts back, or None."""

    outcome: Outcome
    reason: str = ""
    before: dict[str, Any] | None = None
    version: int = 1


def carry_out(
    ticket: Ticket,
    order: Order,
    *,
    by: Actor,
    at: dt.datetime,
    is_trial: bool = False,
    together: list[str] | None = None,
) -> Result:
    """Do it to one ticket, whole or not at all; `is_trial` takes it back at once and says what would have been.
    `together`: the numbers that go to the same person in one deed."""
    try:
        with transaction.atomic():
            before = _remember(ticket, order, by)
            done = _do(ticket, order, by, at, together)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET CONSTRAINTS ALL IMMEDIATE"
                )  # a deferred rule refuses this ticket, not the job
            transaction.set_rollback(is_trial)
    except errors.Refused as refusal:
        return Result(Outcome.REFUSED, refusal.detail[:_REASON], version=ticket.version)
    except (IntegrityError, DataError):
        sentence = _("The database refused this: look at the ticket, and try it there.")
        return Result(Outcome.REFUSED, sentence, version=ticket.version)
    if order.can_be_undone and _is_same(order, before, ticket, done):
        return Result(Outcome.UNCHANGED, version=ticket.version)
    if is_trial:
        return Result(Outcome.POSSIBLE, version=ticket.version)
    return Result(Outcome.CHANGED, before=before, version=done.version)


def put_back(row: BulkChange, ticket: Ticket | None, order: Order, *, by: Actor, at: dt.datetime) -> None:
    """Take back what was done to one ticket, unless somebody has changed it since; the row says which."""
    try:
        if row.before is None:
            raise errors.Invalid(_("What this did cannot be taken back."))
        if ticket is None:
            raise errors.NotFound(_("You may not see this ticket any more."))
        with transaction.atomic():
            _undo(ticket, order, row, by, at)
        row.outcome, row.reason = Outcome.UNDONE, ""
    except errors.Stale:
        row.outcome, row.reason = Outcome.KEPT, _("Somebody has changed it since.")
    except errors.Refused as refusal:
        row.outcome, row.reason = Outcome.KEPT, refusal.detail[:_REASON]
    row.save(update_fields=["outcome", "reason"])


def _do(ticket: Ticket, order: Order, by: Actor, at: dt.datetime, together: list[str] | None) -> Ticket:
    if together:
        values = inputs.clean(orders.transitions("assign")[0].fields, order.values, by)
        return actions.assign(ticket, by=by, at=at, **values, together=together)
    if order.fields:
        return actions.change(ticket, by=by, at=at, fields=_fields(ticket, order, by))
    if order.verb == "watch":
        return actions.watch(ticket, by=by, at=at)
    if order.verb != orders.ADD_CHILD:
        return verbs.run(ticket, order.verb, order.values, by=by, at=at)
    policy.require(by, "link", ticket)
    parent = inputs.clean(orders.CHILD_FIELDS, order.values, by)["parent"]
    actions.link(ticket, by=by, at=at, kind=orders.LINK, other=parent)
    return ticket


def _fields(ticket: Ticket, order: Order, by: Actor) -> dict[str, Any]:
    """The fields of an order as this ticket takes them: an item is added to those that it has."""
    fields = orders.read_fields(order.fields, by, ticket.customer_id)
    if "add_item" in fields:
        added = fields.pop("add_item")
        fields["configuration_items"] = [*_items(ticket), added]
    return fields


def _items(ticket: Ticket) -> list[ConfigurationItem]:
    rows = ticket.affected_items.filter(customer_id=ticket.customer_id).select_related("item")
    return [one.item for one in rows.order_by("id")]


def _remember(ticket: Ticket, order: Order, by: Actor) -> dict[str, Any] | None:
    """How the ticket is before, as far as undoing needs it; None: this cannot be undone."""
    if order.verb == "assign":
        return {"assignee": ticket.assignee_id, "team": ticket.team_id}
    if order.verb == "watch":
        rows = Watcher.objects.filter(customer_id=ticket.customer_id, ticket=ticket, user_id=by.user_id)
        return {"watched": rows.exists()}
    if order.verb in orders.INVERSES:
        return {}
    if not order.fields:
        return None
    kept = {"impact": ticket.impact, "urgency": ticket.urgency, "priority": ticket.priority_override}
    kept |= {name: getattr(ticket, f"{name}_id") for name in _ROWS}
    found = {name: kept[name] for name in order.fields if name in kept}
    if "add_item" in order.fields:
        found["configuration_items"] = [one.pk for one in _items(ticket)]
    if "extra" in order.fields:
        present = custom.values([ticket])[ticket.pk]
        found["extra"] = {key: custom.raw(present.get(key)) for key in order.fields["extra"]}
    return found


def _is_same(order: Order, before: dict[str, Any] | None, was: Ticket, now: Ticket) -> bool:
    if order.verb == "watch":
        return bool(before and before["watched"])
    return order.verb not in ("merge", orders.ADD_CHILD) and now.version == was.version


def _undo(ticket: Ticket, order: Order, row: BulkChange, by: Actor, at: dt.datetime) -> None:
    before, common = row.before or {}, {"by": by, "at": at}
    if order.verb == "assign":
        team = Team.objects.filter(pk=before["team"]).first()
        person = User.objects.filter(pk=before["assignee"]).first()
        actions.assign(ticket, **common, assignee=person, team=team, version=row.version)
    elif order.verb == "watch":
        actions.unwatch(ticket, **common)
    elif order.verb == "merge":
        actions.unmerge(ticket, **common, version=row.version)
    elif order.verb == orders.ADD_CHILD:
        made = ticket.links.filter(kind=orders.LINK, created_at=row.at).order_by("-id").first()
        if made is None:
            raise errors.NotFound(_("The link is gone already."))
        actions.unlink(ticket, **common, link_id=made.pk)
    else:
        actions.change(ticket, **common, fields=_former(before), version=row.version)


def _former(before: dict[str, Any]) -> dict[str, Any]:
    """The values that plain fields had."""
    fields = dict(before)
    for name, model in _ROWS.items():
        if name in fields:
            fields[name] = model._default_manager.filter(pk=fields[name]).first()
    if "configuration_items" in fields:
        fields["configuration_items"] = list(
            ConfigurationItem.objects.filter(pk__in=fields["configuration_items"])
        )
    return {**fields, "priority_reason": _("A change of many tickets was taken back.")}
