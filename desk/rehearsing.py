"""Rehearse: a period and what would be different; how far the replay is; both verdicts, and the tickets that flip."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import errors
from core.rest.fields import LARGEST
from desk import doors, rehearsal_form, rehearsal_result, shell, sidebar
from jobs import actions as jobs
from jobs import tasks
from jobs.choices import State
from jobs.models import Job
from journal import nudges
from slas.rehearsal import running, whatif
from tickets import policy

KINDS = {State.DONE: "ok", State.FAILED: "danger", State.CANCELLED: "warn"}
EARLIER = 10  # rehearsals named below the form


@require_http_methods(["GET", "POST"])
@doors.page
def rehearse(request: HttpRequest) -> HttpResponse:
    """GET: the form, with `?again=` as an earlier one was. POST: begin."""
    policy.require_permission(request.actor, running.PERMISSION, None, what=_("rehearse"))
    if request.method == "GET":
        return _show(request, rehearsal_form.RehearsalForm(request.actor, initial=_initial(request)))
    form = rehearsal_form.RehearsalForm(request.actor, request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        job = running.start(form.asked(), by=request.actor, at=request.at)
    except errors.Invalid as refusal:
        form.take(refusal)
        return _show(request, form, status=422)
    nudges.nudge(tasks.work, job.pk, job.caller)
    return redirect(reverse("desk:rehearsal", args=[job.pk]))


@require_GET
@doors.page
def rehearsal(request: HttpRequest, job_id: int) -> HttpResponse:
    """One rehearsal: its progress, then its result; `?metric=`, `priority=`, `team=`, `turn=` narrow the flips."""
    row = _get(request, job_id)
    context = _whole(request, row)
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_rehearsal.html", **context)
    return shell.render(request, "desk/rehearsal.html", current="settings", title=_("Rehearsal"), **context)


@require_POST
@doors.page
def cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop a rehearsal after the tickets under way."""
    jobs.cancel(_get(request, job_id), by=request.actor, at=request.at)
    messages.success(request, _("The rehearsal stops. It has changed nothing."))
    return redirect(reverse("desk:rehearsal", args=[job_id]))


def _get(request: HttpRequest, job_id: int) -> Job:
    policy.require_permission(request.actor, running.READING, None, what=_("rehearse"))
    rows = Job.objects.filter(caller=request.actor.key, kind=running.KIND)
    found = rows.filter(pk=min(job_id, LARGEST)).first()
    if found is None:
        raise errors.NotFound(_("There is no such rehearsal, or it is not yours."))
    return found


def _show(request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
    rows = Job.objects.filter(caller=request.actor.key, kind=running.KIND).order_by("-id")[:EARLIER]
    return shell.render(
        request, "desk/rehearse.html", current="settings", title=_("Rehearse"), status=status, form=form,
        back={"url": _agreements_url(), "label": _("Agreements")},
        earlier=[_line(one) for one in rows],
    )  # fmt: skip


def _agreements_url() -> str:
    return sidebar.address("desk:agreements") or reverse("desk:settings-list", args=["agreements"])


def _initial(request: HttpRequest) -> dict[str, Any]:
    again = request.GET.get("again", "")
    if again.isdecimal() and len(again) < 19:
        kept = dict(_get(request, int(again)).arguments)
        return rehearsal_form.initial_of(whatif.of(kept, request.actor))
    first = request.at.date().replace(day=1)
    last = first - dt.timedelta(days=1)
    found: dict[str, Any] = {"opened_from": last.replace(day=1), "opened_to": last}
    agreement = request.GET.get("agreement", "")
    return found | ({"agreement": agreement} if agreement.isdecimal() and len(agreement) < 19 else {})


def _line(row: Job) -> dict[str, Any]:
    days = [dt.date.fromisoformat(row.arguments[name]) for name in ("first_on", "last_on")]
    return {
        "url": reverse("desk:rehearsal", args=[row.pk]), "first_on": days[0], "last_on": days[1],
        "state": row.get_state_display(), "kind": KINDS.get(State(row.state), "info"), "at": row.created_at,
        "worse": row.result.get("worse"), "better": row.result.get("better"), "total": row.total or 0, "done": row.done,
    }  # fmt: skip


def _whole(request: HttpRequest, row: Job) -> dict[str, Any]:
    """What the page and its changing part show."""
    asked = whatif.of(row.arguments, request.actor)
    own = reverse("desk:rehearsal", args=[row.pk])
    return {
        "job": {
            **_line(row), "is_open": row.is_open, "is_cancelling": row.is_open and row.is_cancel_requested,
            "error": row.error, "cancel_url": reverse("desk:rehearsal-cancel", args=[row.pk]) if row.is_open else "",
        },
        "asked": rehearsal_result.said(asked),
        "tickets_url": _tickets_url(asked),
        "result": rehearsal_result.shown(row.result, request, own) if row.state == State.DONE else None,
        "back": {"url": reverse("desk:rehearse"), "label": _("Rehearse")},
        "again_url": f"{reverse('desk:rehearse')}?again={row.pk}",
    }  # fmt: skip


def _tickets_url(asked: whatif.WhatIf) -> str:
    """The list of the tickets that are replayed."""
    since, until = running.period_of(asked)
    owner = asked.customer or (asked.agreement.customer if asked.agreement else None)
    wanted = {
        "phase": "open,waiting,resolved,closed",
        "opened_after": since.isoformat(),
        "opened_before": until.isoformat(),
    }
    return f"{reverse('desk:queue')}?{urlencode(wanted | ({'customer': owner.slug} if owner else {}))}"
