"""What the fields of a ticket were, before and after, who changed them: read from the history rows."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.encoding import force_str
from django.utils.translation import gettext as _

from accounts.models import ServiceAccount, User
from automation.models import Rule, Schedule
from desk import sentences
from journal.models import Entry
from tickets import processes
from tickets.choices import HoldKind
from tickets.models import Ticket

HIDDEN = frozenset(
    {
        "id",
        "customer",
        "kind",
        "number",
        "version",
        "compartment",
        "phase",
        "matrix_version",
        "ticket",
        "origin",
    }
)


@dataclass(frozen=True)
class Change:
    """One saving of a record: when, by whom, by which verb, and what it changed as (label, before, after)."""

    at: dt.datetime
    who: str
    verb: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)


def of_ticket(ticket: Ticket) -> list[Change]:
    """All changes of the ticket and its detail, newest first."""
    cores = list(Ticket.history.filter(id=ticket.pk, customer_id=ticket.customer_id).order_by("history_id"))
    detail = processes.of(ticket).detail
    details: list[Any] = []
    if detail is not None:
        kept = detail.history.filter(ticket_id=ticket.pk, customer_id=ticket.customer_id)
        details = list(kept.order_by("history_id"))
    names = _names([*cores, *details])
    people = _people([*cores, *details])
    found = [*_changes(cores, names, people), *_changes(details, names, people)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def of_custom(entries: Iterable[Entry]) -> list[Change]:
    """What the journal says of custom fields, whose rows keep no history of their own."""
    found = []
    for one in entries:
        changes = one.data.get("changes") or {} if one.name.endswith(".changed") else {}
        rows = [
            (key.removeprefix("extra."), *(_word(value) for value in pair))
            for key, pair in changes.items()
            if key.startswith("extra.")
        ]
        if rows:
            found.append(Change(one.at, one.actor_label, "change", rows))
    return found


def line(entry: Entry) -> dict[str, Any]:
    """An entry of the journal as the tab shows it: in words, with the name that programs know it by."""
    return {
        "at": entry.at, "recorded_at": entry.recorded_at, "who": sentences.name_of(entry),
        "text": sentences.of(entry)["text"], "name": entry.name, "request_id": entry.request_id,
    }  # fmt: skip


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str("" if value is None else value)


def differences(before: models.Model, after: models.Model) -> list[tuple[str, str, str]]:
    """What differs between two history rows of one record, as (label, before, after)."""
    return _compare(before, after, _names([before, after]))


def _changes(rows: list[Any], names: dict, people: dict[str, str]) -> Iterable[Change]:
    before = None
    for row in rows:
        verb, _by, key = (row.history_change_reason or "").partition(" by ")
        differing = _compare(before, row, names) if before is not None else []
        if differing:
            yield Change(row.history_date, people.get(key, key), verb, differing)
        before = row


def _compare(before: Any, after: Any, names: dict) -> list[tuple[str, str, str]]:
    found = []
    for one in after.tracked_fields:
        if one.name in HIDDEN or not hasattr(after, one.attname):
            continue
        was, now = getattr(before, one.attname), getattr(after, one.attname)
        if was != now:
            label = force_str(one.verbose_name)
            found.append(
                (
                    label[:1].upper() + label[1:],
                    _shown(one, was, after, names),
                    _shown(one, now, after, names),
                )
            )
    return found


def _shown(one: models.Field, value: Any, row: Any, names: dict) -> str:
    if value in (None, ""):
        return ""
    if isinstance(one, models.ForeignKey):
        return names.get((one.related_model, value), str(value))
    if one.name == "state":
        states = processes.of(row.kind).workflow.states
        return force_str(states[value].label) if value in states else str(value)
    if one.name == "hold_kind":
        return force_str(dict(HoldKind.choices).get(value, value))
    if isinstance(value, dt.datetime):
        return formats.date_format(timezone.localtime(value), _("j M Y H:i"))
    if one.choices:
        return force_str(dict(one.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _names(rows: Iterable[Any]) -> dict[tuple[Any, Any], str]:
    """Names of everything that the rows point at, one query per kind of thing."""
    wanted: dict[Any, set[Any]] = {}
    for row in rows:
        for one in row.tracked_fields:
            if isinstance(one, models.ForeignKey) and one.name not in HIDDEN:
                wanted.setdefault(one.related_model, set()).add(getattr(row, one.attname))
    found = {}
    for model, keys in wanted.items():
        known = model._default_manager.filter(pk__in=keys - {None}) if keys - {None} else ()
        found.update({(model, one.pk): str(one) for one in known})
    return found


def _people(rows: Iterable[Any]) -> dict[str, str]:
    """Names by the keys that history rows carry: `user:7`, `service_account:2`, `system:0`."""
    keys = {(row.history_change_reason or "").partition(" by ")[2] for row in rows}
    found = {"system:0": _("the system")}
    said = {"rule": _("Rule “%s”"), "schedule": _("Recurring ticket “%s”")}
    known = (("user", User), ("service_account", ServiceAccount), ("rule", Rule), ("schedule", Schedule))
    for kind, model in known:
        ids = [int(one.partition(":")[2]) for one in keys if one.startswith(f"{kind}:")]
        if ids:
            named = {f"{kind}:{one.pk}": str(one) for one in model.objects.filter(pk__in=ids)}
            found |= {key: said.get(kind, "%s") % name for key, name in named.items()}
    return found
