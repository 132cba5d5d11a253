"""Several tickets at once: the selection of the queue or all of a view, one deed, and what came of it with an Undo.

Up to fifty are done at once and told in a toast; more are a job with a page of its own, however many a view holds. One
page asks before, where the deed needs input, mails customers or touches more than fifty: it says the numbers, and
offers to try it without changing anything.
"""

from array import array

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from core import errors
from desk import bulk_forms, doors, shell, views_of_queue
from desk.bulk_forms import Chosen, Deed
from desk.forms import DeskForm
from jobs import tasks
from jobs.models import Job
from journal import nudges
from tickets.actions import bulk as actions
from tickets.bulk import orders, running
from tickets.models import Ticket

AT_ONCE = 50
REASONS = 2  # so many are said in the toast; the job's page says all


@require_POST
@doors.page
def bulk(request: HttpRequest) -> HttpResponse:
    """Carry out one deed on the chosen tickets; ask first where there is something to ask."""
    deed = bulk_forms.DEEDS.get(request.POST.get("deed", ""))
    if deed is None or not request.actor.may(deed.permission):
        raise errors.Forbidden(_("You may not do this to tickets."))
    chosen = _chosen(request)
    if not chosen.ids:
        messages.info(request, _("Choose tickets first: X marks the row of the cursor."))
        return redirect(_back(request))
    is_sure = "sure" in request.POST
    form = bulk_forms.form_of(deed, chosen, request.actor, request.POST if is_sure else None)
    if not is_sure and (len(form.fields) > 1 or deed.mails or len(chosen.ids) > AT_ONCE):
        return _ask(request, deed, chosen, form)
    if is_sure and not form.is_valid():
        return _ask(request, deed, chosen, form, status=422)
    if is_sure and request.POST.get("expected", "") not in ("", str(len(chosen.ids))):
        form.add_error(None, _("The view has changed meanwhile: look at the number, then repeat."))
        return _ask(request, deed, chosen, form, status=409)
    return _begin(request, deed, chosen, form)


@require_GET
@doors.page
def pick(request: HttpRequest, deed: str) -> HttpResponse:
    """The choices of a deed that one choice is enough for: the script of the queue sends it with the selection."""
    found = bulk_forms.DEEDS[deed] if deed in bulk_forms.PICKED else None
    if found is None:
        raise errors.NotFound(_("There is nothing to choose here."))
    if not request.actor.may(found.permission):
        raise errors.Forbidden(_("You may not do this to tickets."))
    options = [{"value": value, "label": label} for value, label in bulk_forms.choices(found, request.actor)]
    return shell.fragment(
        request, "desk/_picker.html", title=found.label, field=bulk_forms.PICKED[deed], options=options
    )


def told(request: HttpRequest, job: Job, undo_url: str) -> None:
    """Say in a toast what came of a job: "46 changed, 4 refused (why)", with an Undo where there is one."""
    rows = running.first_of(job, request.actor, AT_ONCE)
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
    into, is_trial = order.get("values", {}).get("into"), "try" in request.POST
    stays = {one.pk for one in chosen.tickets if one.number == into}
    ids = [one for one in chosen.ids if one not in stays] if stays else chosen.ids
    try:
        job = actions.start_bulk(ids=ids, by=request.actor, at=request.at, is_dry_run=is_trial, **order)
    except errors.Refused as refusal:
        form = bulk_forms.form_of(deed, chosen, request.actor, request.POST)
        form.is_valid()
        form.take(refusal)
        return _ask(request, deed, chosen, form, status=422)
    return begun(request, job, reverse("desk:job", args=[job.pk]) if is_trial else _back(request))


def begun(request: HttpRequest, job: Job, back: str) -> HttpResponse:
    """Do a small job at once and tell of it, or hand a large one to the worker; where to go then."""
    if (job.total or 0) > AT_ONCE:
        nudges.nudge(tasks.work, job.pk, job.caller)
        return redirect(reverse("desk:job", args=[job.pk]))
    tasks.work(job.pk, job.caller)
    job.refresh_from_db()
    told(request, job, undo_url(job, request))
    return redirect(back)


def _direct(deed: Deed) -> dict[str, str]:
    return {"assignee": "me"} if deed.name == "take" else {}


def _ask(request: HttpRequest, deed: Deed, chosen: Chosen, form: DeskForm, status: int = 200) -> HttpResponse:
    count = len(chosen.ids)
    title = ngettext("%(deed)s: %(count)s ticket", "%(deed)s: %(count)s tickets", count)
    many = formats.number_format(count, force_grouping=count > 9999)
    shown = [one.number for one in chosen.tickets]
    return shell.render(
        request, "desk/bulk.html", current="all", status=status, title=title % {"deed": deed.label, "count": many},
        form=form, numbers=[] if chosen.is_all else _numbers(request), shown=shown, rest=max(0, count - len(shown)),
        is_all=chosen.is_all, count=count, deed=deed.name, warnings=_warnings(deed, chosen),
        action=reverse("desk:bulk"), submit=deed.label, back_query=_query(request), cancel_url=_back(request),
    )  # fmt: skip


def _warnings(deed: Deed, chosen: Chosen) -> list[str]:
    """What to know before: how many, who gets mail, and that it cannot be undone."""
    found, mailed = [], chosen.mailed if deed.mails else 0
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
    """The marked rows; where that is asked for, all that the view finds now."""
    is_all = "all" in request.POST
    if is_all:
        asked = views_of_queue.read(QueryDict(_query(request)).dict(), request.actor)
        rows = views_of_queue.rows(asked, request.actor).select_related(None)
    else:
        rows = Ticket.objects.visible_to(request.actor).filter(number__in=_numbers(request))
    ids = array("q", rows.order_by("id").values_list("id", flat=True).iterator(chunk_size=2_000))
    first = Ticket.objects.visible_to(request.actor).filter(pk__in=ids[:AT_ONCE])
    found = list(first.select_related("requester", "service", "customer", "team").order_by("id"))
    return Chosen(rows, ids, found, is_all)


def _numbers(request: HttpRequest) -> list[str]:
    return [one[:24] for one in request.POST.getlist("ticket")]


def _query(request: HttpRequest) -> str:
    return request.POST.get("view_query", "")[:2_000].lstrip("?")


def _back(request: HttpRequest) -> str:
    query = _query(request)
    return reverse("desk:queue") + (f"?{QueryDict(query).urlencode()}" if query else "")
