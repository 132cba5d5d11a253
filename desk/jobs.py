"""One's own jobs: how far each is, what came of every ticket, Cancel, Undo, and the rows to take home."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from core import errors, pagination, tables
from core.rest.fields import LARGEST
from desk import bulk as many
from desk import doors, shell
from jobs import actions as jobs
from jobs import tasks
from jobs.choices import State
from jobs.models import Job
from journal import nudges
from tickets.actions import bulk
from tickets.bulk import ids as packing
from tickets.bulk import orders, running
from tickets.choices import Outcome

PAGE = 50
KINDS = {State.DONE: "ok", State.FAILED: "danger", State.CANCELLED: "warn"}
SHOWN = 200  # results on a job's page; the CSV has all
TONES = {"possible": "ok", "changed": "ok", "undone": "ok", "refused": "danger", "kept": "warn"}


@require_GET
@doors.page
def listing(request: HttpRequest) -> HttpResponse:
    """The jobs of this person, newest first."""
    rows = Job.objects.filter(caller=request.actor.key, kind=running.KIND)
    page = pagination.paginate(rows, pagination.keys("-id"), cursor=request.GET.get("cursor"), size=PAGE)
    url = reverse("desk:jobs")
    return shell.render(
        request, "desk/jobs.html", current="jobs", title=_("Jobs"),
        rows=[_line(one, request) for one in page.items],
        pager={
            "newer_url": f"{url}?cursor={page.previous}" if page.previous else "",
            "older_url": f"{url}?cursor={page.next}" if page.next else "",
        },
    )  # fmt: skip


@require_GET
@doors.page
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job; a script asks for the changing part every two seconds while it runs."""
    row = _get(request, job_id)
    context = {"job": _whole(row, request), "back": {"url": reverse("desk:jobs"), "label": _("Jobs")}}
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_job.html", **context)
    return shell.render(request, "desk/job.html", current="jobs", title=context["job"]["label"], **context)


@require_GET
@doors.page
def rows(request: HttpRequest, job_id: int) -> HttpResponse:
    """What came of each ticket, as CSV."""
    row = _get(request, job_id)
    found = running.rows_of(row, request.actor).iterator(chunk_size=2_000)
    lines = [(one.ticket.number, one.get_outcome_display(), one.reason) for one in found]
    lines += [(one["number"], one["word"], one["reason"]) for one in _lost(row)]
    return tables.as_csv(f"job-{job_id}.csv", (_("Ticket"), _("Outcome"), _("Reason")), lines)


@require_POST
@doors.page
def undo(request: HttpRequest, job_id: int) -> HttpResponse:
    """Take a job back: at once where it is small, else as a job of its own."""
    row = _get(request, job_id)
    undoing = bulk.undo_bulk(row, by=request.actor, at=request.at)
    if (undoing.total or 0) > many.AT_ONCE:
        nudges.nudge(tasks.work, undoing.pk, undoing.caller)
        messages.info(request, _("It is being undone: this page says how far it is."))
        return redirect(reverse("desk:job", args=[job_id]))
    tasks.work(undoing.pk, undoing.caller)
    many.told(request, row, "")
    return redirect(
        reverse("desk:job", args=[job_id]) if "on_page" in request.POST else reverse("desk:queue")
    )


@require_POST
@doors.page
def cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop a job after the ticket under way."""
    jobs.cancel(_get(request, job_id), by=request.actor, at=request.at)
    messages.success(request, _("It stops after the ticket under way; what was done stays done."))
    return redirect(reverse("desk:job", args=[job_id]))


@require_POST
@doors.page
def go(request: HttpRequest, job_id: int) -> HttpResponse:
    """Do what was tried, to the tickets that it was tried on."""
    row = _get(request, job_id)
    order = orders.of(row.arguments)
    given = {"verb": order.verb, "values": order.values, "fields": order.fields}
    found = packing.unpack(row.arguments["ids"])
    done = bulk.start_bulk(ids=found, by=request.actor, at=request.at, **given)
    return many.begun(request, done, reverse("desk:job", args=[done.pk]))


def _get(request: HttpRequest, job_id: int) -> Job:
    found = Job.objects.filter(caller=request.actor.key, kind=running.KIND, pk=min(job_id, LARGEST)).first()
    if found is None:
        raise errors.NotFound(_("There is no such job, or it is not yours."))
    return found


def _line(row: Job, request: HttpRequest) -> dict[str, Any]:
    counted = running.counts(row, request.actor)
    return {
        "label": orders.of(row.arguments).name,
        "url": reverse("desk:job", args=[row.pk]),
        "state": row.get_state_display(),
        "kind": KINDS.get(State(row.state), "info"),
        "at": row.created_at,
        "done": row.done,
        "total": row.total or 0,
        "counts": [
            {"text": f"{counted[name]} {word}", "kind": TONES.get(name, "")}
            for name, word in many.words().items()
            if counted.get(name)
        ],
    }


def _whole(row: Job, request: HttpRequest) -> dict[str, Any]:
    undoing = bulk.undo_of(row, request.actor)
    is_trial = row.arguments["is_dry_run"]
    is_moving = row.is_open or bool(undoing and undoing.is_open)
    return {
        **_line(row, request),
        "is_moving": is_moving,
        "is_open": row.is_open,
        "is_cancelling": row.is_open and row.is_cancel_requested,
        "error": row.error,
        "rows": [*_rows(row, request), *_lost(row)],
        "is_cut": (row.total or 0) > SHOWN,
        **_trial(row, is_moving),
        "undo_url": many.undo_url(row, request),
        "why_no_undo": ""
        if is_moving or is_trial
        else bulk.why_no_undo(row, by=request.actor, at=request.at),
        "undo_until": row.ended_at + bulk.UNDO_WITHIN if row.ended_at else None,
        "cancel_url": reverse("desk:job-cancel", args=[row.pk]) if row.is_open else "",
        "rows_url": reverse("desk:job-rows", args=[row.pk]),
    }


def _rows(row: Job, request: HttpRequest) -> list[dict[str, str]]:
    return [
        {
            "number": one.ticket.number, "title": one.ticket.title, "word": one.get_outcome_display(),
            "kind": TONES.get(one.outcome, ""), "reason": one.reason,
            "url": reverse("desk:ticket", args=[one.ticket.number]),
        }
        for one in running.first_of(row, request.actor, SHOWN)
    ]  # fmt: skip


def _lost(row: Job) -> list[dict[str, str]]:
    """Numbers that led nowhere."""
    lost = {
        "word": Outcome.REFUSED.label, "kind": "danger", "reason": running.not_found(), "url": "", "title": "",
    }  # fmt: skip
    return [{"number": one, **lost} for one in row.arguments["unknown"]]


def _trial(row: Job, is_moving: bool) -> dict[str, Any]:
    """What a job that only tried says, and the button that does it."""
    if not row.arguments["is_dry_run"]:
        return {"is_trial": False, "go_url": ""}
    count = row.total or 0
    said = ngettext("%(deed)s: %(count)s ticket", "%(deed)s: %(count)s tickets", count)
    text = said % {"deed": orders.of(row.arguments).name, "count": formats.number_format(count)}
    url = "" if is_moving or row.state != State.DONE else reverse("desk:job-go", args=[row.pk])
    return {"is_trial": True, "go_url": url, "go_text": text}
