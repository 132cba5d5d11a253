"""Verbs about configuration items: create and change, share, subscribe, relate (8.2.6)."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts import settings
from cmdb.models import ConfigurationItem, ItemType, Relation, Share, Subscription
from core import errors
from core.actor import Actor
from customers.models import Customer


def create_item(item: ConfigurationItem, *, by: Actor, at: dt.datetime) -> ConfigurationItem:
    """Record a configuration item. Raises Forbidden, Conflict, Invalid (state unknown to its type).
    Records configuration_item.created."""
    settings.require(by, "configuration.write", item.customer_id)
    _check_state(item)
    return settings.create(item, by=by, at=at)


def change_item(
    item: ConfigurationItem, *, by: Actor, at: dt.datetime, fields: dict[str, Any], version: int | None = None
) -> ConfigurationItem:
    """Change a configuration item's fields. Raises Forbidden, Invalid (state unknown to its type), Stale.
    Records configuration_item.changed."""
    settings.require(by, "configuration.write", item.customer_id)
    if "state" in fields:
        item.state = fields["state"]
        _check_state(item)
    return settings.change(item, by=by, at=at, fields=fields, version=version)


def share(item: ConfigurationItem, *, by: Actor, at: dt.datetime, with_customer: Customer) -> Share:
    """Let another customer read an item. Raises Forbidden. Records configuration_item.changed."""
    settings.require(by, "configuration.write", item.customer_id)
    made, is_new = Share.objects.get_or_create(
        customer_id=item.customer_id, item=item, other_customer=with_customer
    )
    if is_new:
        settings.note_change(item, by=by, at=at, changes={"shared_with": [None, with_customer.slug]})
    return made


def subscribe(service: ConfigurationItem, *, by: Actor, at: dt.datetime, customer: Customer) -> Subscription:
    """Let a customer take a service (8.2.4): its tickets may name it, its people may read it.
    Raises Forbidden, Invalid (no service). Records configuration_item.changed."""
    if service.type.slug != "service":
        raise errors.Invalid(_("“%(name)s” is no service.") % {"name": service.name})
    share(service, by=by, at=at, with_customer=customer)
    made, is_new = Subscription.objects.get_or_create(customer=customer, service=service)
    if is_new:
        settings.note_change(service, by=by, at=at, changes={"subscribed": [None, customer.slug]})
    return made


def relate(
    item: ConfigurationItem, verb: str, to: ConfigurationItem, *, by: Actor, at: dt.datetime
) -> Relation:
    """Say what an item is to another; both owners must be in scope. Raises Forbidden, Conflict.
    Records configuration_item.changed."""
    settings.require(by, "configuration.write", item.customer_id)
    relation = Relation(
        customer_id=item.customer_id, item=item, verb=verb, to=to, other_customer_id=to.customer_id
    )
    settings.save(relation)
    settings.note_change(item, by=by, at=at, changes={verb: [None, to.name]})
    return relation


def _check_state(item: ConfigurationItem) -> None:
    if item.type.states and item.state not in item.type.states:
        raise errors.required(
            "state",
            _("“%(state)s” is no state of a %(type)s; choose one of: %(known)s.")
            % {"state": item.state, "type": item.type.name, "known": ", ".join(item.type.states)},
        )


def unrelate(relation: Relation, *, by: Actor, at: dt.datetime) -> None:
    """Take a relation away. Raises Forbidden. Records configuration_item.changed."""
    settings.require(by, "configuration.write", relation.customer_id)
    item, verb, to = relation.item, relation.verb, relation.to.name
    relation.delete()
    settings.note_change(item, by=by, at=at, changes={verb: [to, None]})


def create_type(kind: ItemType, *, by: Actor, at: dt.datetime, reason: str = "") -> ItemType:
    """Add a type of configuration item. Raises Forbidden, Conflict. Records configuration_item_type.created."""
    settings.require(by, "configuration.write")
    return settings.create(kind, by=by, at=at, reason=reason)


def change_type(
    kind: ItemType,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> ItemType:
    """Change a type's name, states or attributes. Raises Forbidden, Stale. Records configuration_item_type.changed."""
    settings.require(by, "configuration.write")
    return settings.change(kind, by=by, at=at, fields=fields, version=version, reason=reason)
