"""The first page of the Settings: a search over sections and their rows, what changed last, and cards by group."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import sample, setting_up
from accounts.roles import PERMISSIONS, Role
from core import errors
from core.actor import Actor
from desk import doors, reports, shell
from desk.settings import log, views
from desk.settings.section import READ, Section
from desk.setup import names
from incidents import sample as loading

FOUND = 5  # rows of one section in the answer of a search
RECENT = 6


@require_GET
@doors.page
def index(request: HttpRequest) -> HttpResponse:
    """All sections that this person may read; ?q= looks for words in them and in their rows."""
    found = views.readable(request.actor)
    words = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    can_read = request.actor.may(READ)
    return shell.render(
        request, "desk/settings.html", current="settings", title=_("Settings"), q=words,
        hits=list(_hits(found, request.actor, words)) if words else [], groups=_groups(found, request.actor).items(),
        recent=log.newest(request.actor, RECENT) if can_read and not words else [],
        log_url=reverse("desk:settings-log") if can_read else "",
    )  # fmt: skip


@require_GET
@doors.page
def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do, as policy reads it: nobody changes it here."""
    if not request.actor.may(READ):
        raise errors.Forbidden(_("The roles open with the role Administrator or Auditor."))
    known = sorted(frozenset().union(*PERMISSIONS.values()))
    rows = [(one, [one in PERMISSIONS[role] for role in Role]) for one in known]
    return shell.render(
        request, "desk/settings_roles.html", current="settings", title=_("What each role may do"),
        roles=[role.label for role in Role], rows=rows,
        back={"url": reverse("desk:settings"), "label": _("Settings")},
    )  # fmt: skip


def _hits(found: list[Section], actor: Actor, words: str) -> Iterator[dict[str, Any]]:
    """Sections whose words fit, then rows whose name does."""
    wanted = words.casefold()
    for one in found:
        if wanted in f"{one.label} {one.text} {one.one}".casefold() or _asks(one, wanted):
            yield {**_card(one), "in": one.group}
    for one in found:
        if one.is_single or not one.search:
            continue
        fits = Q()
        for name in one.search:
            fits |= Q(**{f"{name}__icontains": words})
        for row in one.rows(actor).filter(fits).order_by(*one.order)[:FOUND]:
            url = f"{one.url}{row.pk}/"
            yield {"label": str(row), "url": url, "icon": one.icon, "in": one.label, "own": True}


def _asks(section: Section, wanted: str) -> bool:
    """Whether a field of the section's form is called so."""
    fields = section.form.base_fields.values()
    return any(wanted in str(one.label or "").casefold() for one in fields)


def _groups(found: list[Section], actor: Actor) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        groups.setdefault(str(one.group), []).append(_card(one))
    beyond = [*_beyond(actor)]
    if beyond:
        groups[_("This house")] = beyond
    return groups


def _card(section: Section) -> dict[str, Any]:
    return {"label": section.label, "text": section.text, "icon": section.icon, "url": section.url}


def _beyond(actor: Actor) -> Iterator[dict[str, Any]]:
    """Pages that are no list of rows."""
    if actor.may(READ):
        yield {"label": _("What each role may do"), "icon": "shield", "url": reverse("desk:settings-roles"),
               "text": _("Every right, and which roles hold it.")}  # fmt: skip
        yield {"label": _("Change log"), "icon": "history", "url": reverse("desk:settings-log"),
               "text": _("What was changed by whom, when and why.")}  # fmt: skip
    if reports.may_read(actor):
        yield {"label": _("Pauses"), "icon": "clock-pause", "url": reverse("desk:report-pauses"),
               "text": _("Report: how long tickets are let wait, agent by agent.")}  # fmt: skip
        yield {"label": _("Lowered late"), "icon": "chart-bar", "url": reverse("desk:report-lowered"),
               "text": _("Report: priorities that were lowered when half of the time was used.")}  # fmt: skip
    if not actor.may_everywhere(names.PERMISSION):
        return
    done = len([one for one in (setting_up.progress() or {}).values() if one == names.DONE])
    yield {"label": _("Set up"), "icon": "list-check", "url": reverse("desk:setup"),
           "text": _("Seven steps from nothing to a desk; %(done)s are done.") % {"done": done}}  # fmt: skip
    if sample.is_here():
        yield {"label": _("Remove sample data"), "icon": "trash", "url": reverse("desk:settings-sample"),
               "text": _("Put the sample customers into the archive.")}  # fmt: skip
    elif loading.is_empty():
        yield {"label": _("Load sample data"), "icon": "users", "url": reverse("desk:settings-sample-load"),
               "text": _("Six sample customers with 300 tickets, to look round in.")}  # fmt: skip
