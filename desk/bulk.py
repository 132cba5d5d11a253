"""Several tickets at once: the selection of the queue or all of a view, one deed, and what came of it with an Undo.

Up to fifty are done at once and told in a toast; more are a job with a page of its own. One page asks before, where
the deed needs input, mails customers or touches more than fifty: it says the numbers.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import errors
from desk import bulk_forms, doors, shell, views_of_queue
from desk.bulk_forms import Deed
from desk.forms import DeskForm
from jobs import tasks
from jobs.models import Job
from journal import nudges
from tickets.actions import bulk as actions
from tickets.bulk import orders, running
from tickets.models import Ticket

AT_ONCE = 50
REASONS = 2  # so many are said in the toast; the job's page says all


@dataclass(frozen=True)
class Chosen:
    """The tickets of a selection, oldest first; `is_cut` where a view holds more than one order may name."""

    tickets: list[Ticket]
    numbers: list[str]
    is_cut: bool = False

    @property
    def mailed(self) -> int:
        """How many of their requesters can be written to."""
        return sum(
            bool(one.requester and one.requester.is_active and one.requester.email) for one in self.tickets
        )


@require_POST
@doors.page
def bulk(request: HttpRequest) -> HttpResponse:
    """Carry out one deed on the chosen tickets; ask first where there is something to ask."""
    deed = bulk_forms.DEEDS.get(request.POST.get("deed", ""))
    if deed is None or not request.actor.may(deed.permission):
        raise errors.Forbidden(_("You may not do this to tickets."))
    chosen = _chosen(request)
    if not chosen.numbers:
        messages.info(request, _("Choose tickets first: X marks the row of the cursor."))
        return redirect(_back(request))
    is_sure = "sure" in request.POST
    form = bulk_forms.form_of(deed, chosen.tickets, request.actor, request.POST if is_sure else None)
    if not is_sure and (len(form.fields) > 1 or deed.mails or len(chosen.numbers) > AT_ONCE):
        return _ask(request, deed, chosen, form)
    if is_sure and not form.is_valid():
        return _ask(request, deed, chosen, form, status=422)
    return _begin(request, deed, chosen, form)


def told(request: HttpRequest, job: Job, undo_url: str) -> None:
    """Say in a toast what came of a job: "46 changed, 4 refused (why)", with an Undo where there is one."""
    rows = running.rows_of(job, request.actor)
    counted = running.counts(job, request.actor)
    parts = [f"{counted[name]} {word}" for name, word in words().items() if counted.get(name)]
    reasons = list(dict.fromkeys(one.reason for one in rows if one.reason))[:REASONS]
    text = ", ".join(parts) + (f" ({' '.join(reasons)})" if reasons else "")
    is_good = any(counted.get(name) for name in ("changed", "undone", "unchanged"))
    say = messages.success if is_good else messages.error
    say(request, text, extra_tags=f"undo:{undo_url}" if undo_url else "")


def words() -> dict[str, str]:
    """How outcomes are said behind a number."""
    return {
        "changed": _("changed"), "unchanged": _("as before"), "undone": _("undone"), "kept": _("not undone"),
        "refused": _("refused"), "possible": _("possible"),
    }  # fmt: skip


def undo_url(job: Job, request: HttpRequest) -> str:
    """Where a job is taken back, as long as it can be."""
    is_late = actions.why_no_undo(job, by=request.actor, at=request.at)
    return "" if is_late else reverse("desk:job-undo", args=[job.pk])


def _begin(request: HttpRequest, deed: Deed, chosen: Chosen, form: DeskForm) -> HttpResponse:
    order = bulk_forms.order_of(deed, form) if form.is_bound else {"verb": deed.verb, "values": _direct(deed)}
    numbers = [one for one in chosen.numbers if one != order.get("values", {}).get("into")]
    try:
        job = actions.start_bulk(numbers, by=request.actor, at=request.at, **order)
    except errors.Refused as refusal:
        form = bulk_forms.form_of(deed, chosen.tickets, request.actor, request.POST)
        form.is_valid()
        form.take(refusal)
        return _ask(request, deed, chosen, form, status=422)
    if len(numbers) > AT_ONCE:
        nudges.nudge(tasks.work, job.pk, job.caller)
        return redirect(reverse("desk:job", args=[job.pk]))
    tasks.work(job.pk, job.caller)
    job.refresh_from_db()
    told(request, job, undo_url(job, request))
    return redirect(_back(request))


def _direct(deed: Deed) -> dict[str, str]:
    return {"assignee": "me"} if deed.name == "take" else {}


def _ask(request: HttpRequest, deed: Deed, chosen: Chosen, form: DeskForm, status: int = 200) -> HttpResponse:
    count = len(chosen.numbers)
    title = ngettext("%(deed)s: %(count)d ticket", "%(deed)s: %(count)d tickets", count)
    return shell.render(
        request, "desk/bulk.html", current="all", status=status, title=title % {"deed": deed.label, "count": count},
        form=form, numbers=chosen.numbers, shown=chosen.numbers[:AT_ONCE], rest=max(0, count - AT_ONCE), deed=deed.name,
        warnings=_warnings(deed, chosen), action=reverse("desk:bulk"), submit=deed.label, back_query=_query(request),
        cancel_url=_back(request),
    )  # fmt: skip


def _warnings(deed: Deed, chosen: Chosen) -> list[str]:
    """What to know before: how many, who gets mail, and that it cannot be undone."""
    found, mailed = [], chosen.mailed
    if chosen.is_cut:
        found.append(_("The view holds more: only its first %(most)d are changed.") % {"most": orders.MOST})
    if deed.mails and mailed and deed.name == "macro":
        found.append(_("A macro with a reply mails up to %(count)d customers.") % {"count": mailed})
    elif deed.mails and mailed:
        said = ngettext("%(count)d customer gets a mail.", "%(count)d customers get a mail.", mailed)
        found.append(said % {"count": mailed})
    if deed.name == "hold":
        found.append(_("With a question, each customer gets it as a mail."))
    if deed.verb and not orders.Order(deed.verb).can_be_undone:
        found.append(_("This cannot be undone: the step has no opposite."))
    return found


def _chosen(request: HttpRequest) -> Chosen:
    """The marked rows; all of the view where that is asked for, 500 at most."""
    visible = Ticket.objects.visible_to(request.actor)
    is_cut = False
    if "all" in request.POST:
        asked = views_of_queue.read(QueryDict(_query(request)).dict(), request.actor)
        ids = list(
            views_of_queue.rows(asked, request.actor)
            .order_by("id")
            .values_list("id", flat=True)[: orders.MOST + 1]
        )
        is_cut, rows = len(ids) > orders.MOST, visible.filter(id__in=ids[: orders.MOST])
    else:
        rows = visible.filter(number__in=request.POST.getlist("ticket")[: orders.MOST])
    found = list(rows.select_related("requester", "service", "customer", "team").order_by("id"))
    return Chosen(found, [one.number for one in found], is_cut)


def _query(request: HttpRequest) -> str:
    return request.POST.get("view_query", "")[:2_000].lstrip("?")


def _back(request: HttpRequest) -> str:
    query = _query(request)
    return reverse("desk:queue") + (f"?{QueryDict(query).urlencode()}" if query else "")
