"""Undo of one press (ux.md 3.6): a signed note of what a ticket was, and the inverse action that brings it back.

The note travels in the toast's address: nothing is kept. It holds for the person who pressed, for ten minutes, and only
while nobody changed the ticket since: the inverse is an action like any other, with its rights, version and entry.
"""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Person, Site
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core import errors
from core.actor import Actor
from desk import doors, records
from notifications import preference_actions as preferences
from tickets import actions, policy, processes, verbs
from tickets.choices import HoldKind
from tickets.models import Ticket

SALT, WITHIN_SECONDS = "desk.undo", 600
FIELDS = ("title", "service", "category", "site", "requester", "impact", "urgency", "priority")
BACK = {"hold": "resume", "resume": "hold", "resolve": "reopen"}
_BARE_HOLDS = (HoldKind.SCHEDULED, HoldKind.CHANGE, HoldKind.PROBLEM)  # the others would ask somebody again
_ROWS = {"service": ConfigurationItem, "category": Category, "site": Site, "requester": Person}

Was = dict[str, Any]


def say(request: HttpRequest, sentence: str, address: str = "") -> None:
    """The toast of what was done, with Undo where there is a way back."""
    messages.success(request, sentence, extra_tags=f"undo:{address}" if address else "")


def of_verb(before: Ticket, done: Ticket, verb: str, by: Actor, given: Any = None) -> str:
    """Where the Undo of a verb is posted to; nothing where no inverse action leads back to the same state."""
    if not _is_next(before, done):
        return ""
    if verb == "assign":
        was = {"assignee": str(before.assignee_id or ""), "team": before.team.slug if before.team else ""}
        return _address(done, by, "assign", was)
    inverse = BACK.get(verb)
    flow = processes.of(done).workflow
    if inverse is None or inverse not in flow.transitions or flow.transition(inverse).target != before.state:
        return ""
    if not any(one.verb == inverse for one in policy.allowed(by, done)) or (given or {}).get("children"):
        return ""
    if inverse != "hold":
        return _address(done, by, inverse, {})
    if before.hold_kind not in _BARE_HOLDS or before.hold_reason is None:
        return ""
    until = before.hold_until.isoformat() if before.hold_until else ""
    return _address(done, by, "hold", {"reason": before.hold_reason.slug, "until": until})


def of_change(before: Ticket, done: Ticket, names: Any, by: Actor) -> str:
    """Where the Undo of changed fields is posted to; nothing where one of them is not a field of every ticket."""
    names = set(names) - {"priority_reason"}
    if not names or not names <= set(FIELDS) or not _is_next(before, done):
        return ""
    return _address(done, by, "change", {name: _value(before, name) for name in sorted(names)})


def of_extra(done: Ticket, was: Was, by: Actor) -> str:
    """Where the Undo of custom fields is posted to; `was`: their values before, by key, as `custom.raw` has them."""
    return _address(done, by, "change", {"extra": was}) if was else ""


def of_mute(ticket: Ticket, by: Actor, *, is_on: bool) -> str:
    return _address(ticket, by, "unmute" if is_on else "mute", {})


def bring_back(request: HttpRequest, ticket: Ticket, version: int, deeds: list[tuple[str, Was]]) -> None:
    """Take several changes of one ticket back, the last one first, all or nothing. Raises Stale where somebody has
    changed it since."""
    with transaction.atomic():
        for place, (deed, was) in enumerate(reversed(deeds)):
            _inverse(request, ticket, deed, was, version if place == 0 else None)


def note_of(before: Ticket, deed: str, names: Any) -> tuple[str, Was]:
    """What `bring_back` needs to know of a change or an assignment that is about to be made."""
    if deed == "assign":
        return deed, {
            "assignee": str(before.assignee_id or ""),
            "team": before.team.slug if before.team else "",
        }
    return deed, {name: _value(before, name) for name in names if name in FIELDS}


def of_link(ticket: Ticket, by: Actor, link_id: int) -> str:
    return _address(ticket, by, "unlink", {"link_id": link_id})


def of_unlink(ticket: Ticket, by: Actor, kind: str, other: str) -> str:
    return _address(ticket, by, "link", {"kind": kind, "other": other})


def of_watch(ticket: Ticket, by: Actor, *, is_on: bool) -> str:
    return _address(ticket, by, "unwatch" if is_on else "watch", {})


@require_POST
@doors.page
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Bring back what was. A script gets JSON (`sentence`, `number`); a page is sent where it came from."""
    try:
        number = _carry_out(request, token)
    except errors.Refused as refusal:
        if doors.is_fragment(request):
            return JsonResponse({"sentence": refusal.detail}, status=refusal.status)
        messages.error(request, refusal.detail)
        return redirect(_came_from(request, ""))
    sentence = _("%(number)s is as it was.") % {"number": number}
    if doors.is_fragment(request):
        return JsonResponse({"sentence": sentence, "number": number})
    messages.success(request, sentence)
    return redirect(_came_from(request, number))


def _carry_out(request: HttpRequest, token: str) -> str:
    try:
        user_id, number, version, deed, was = signing.loads(token, salt=SALT, max_age=WITHIN_SECONDS)
    except signing.BadSignature as error:  # also what is too old
        raise errors.Invalid(_("This cannot be undone any more: change it by hand.")) from error
    if user_id != request.actor.user_id:
        raise errors.Forbidden(_("Only who did it can undo it."))
    ticket = records.get_ticket(request, number)
    try:
        _inverse(request, ticket, deed, was, version)
    except errors.Stale as stale:
        said = _("%(number)s was changed since: nothing was undone. Look at it, and change it by hand.")
        raise errors.Conflict(said % {"number": number}) from stale
    return number


def _inverse(request: HttpRequest, ticket: Ticket, deed: str, was: Was, version: int | None) -> None:
    common: dict[str, Any] = {"by": request.actor, "at": request.at}
    if deed == "change":
        fields = {
            name: _row(name, value, ticket, request.actor) for name, value in was.items()
        }  # `extra` as it is
        if "priority" in fields or "impact" in fields or "urgency" in fields:
            fields["priority_reason"] = _("Undone: as it was before.")
        actions.change(ticket, fields=fields, version=version, **common)
    elif deed in ("mute", "unmute"):
        hear = preferences.mute_ticket if deed == "mute" else preferences.unmute_ticket
        hear(request.user, number=ticket.number, **common)
    elif deed in ("watch", "unwatch"):
        (actions.watch if deed == "watch" else actions.unwatch)(ticket, **common)
    elif deed == "unlink":
        actions.unlink(ticket, link_id=was["link_id"], **common)
    elif deed == "link":
        actions.link(ticket, kind=was["kind"], other=records.get_ticket(request, was["other"]), **common)
    else:
        verbs.run(ticket, deed, was, version=version, **common)


def _is_next(before: Ticket, done: Ticket) -> bool:
    """Whether nobody came between: what was read is what was changed."""
    return done.version == before.version + 1


def _address(ticket: Ticket, by: Actor, deed: str, was: Was) -> str:
    note = [by.user_id, ticket.number, ticket.version, deed, was]
    return reverse("desk:undo", args=[signing.dumps(note, salt=SALT, compress=True)])


def _value(ticket: Ticket, name: str) -> Any:
    if name in _ROWS:
        return getattr(ticket, f"{name}_id")
    return getattr(ticket, "priority_override" if name == "priority" else name)


def _row(name: str, value: Any, ticket: Ticket, actor: Actor) -> Any:
    """The row that a field named before, as far as it is still there for this reader."""
    if name not in _ROWS or value is None:
        return value
    rows = _ROWS[name].objects.visible_to(actor).filter(pk=value)
    if name in ("site", "requester"):
        rows = rows.filter(customer_id=ticket.customer_id)
    found = rows.first()
    if found is None:
        raise errors.Invalid(_("This cannot be undone any more: change it by hand."))
    return found


def _came_from(request: HttpRequest, number: str) -> str:
    """The page whose toast was pressed, as far as it is ours; else the ticket, else the queue."""
    address = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(address, {request.get_host()}):
        parts = urlsplit(address)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return reverse("desk:ticket", args=[number]) if number else reverse("desk:queue")
