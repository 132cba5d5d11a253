"""The buttons that load the sample data into an empty installation, and that take the sample customers away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import sample
from core import errors
from desk import doors, shell
from desk.forms import DeskForm
from desk.setup import names
from incidents import sample as loading
from jobs import tasks
from jobs.choices import State
from journal import nudges

KINDS = {State.DONE: "ok", State.FAILED: "danger"}


@require_http_methods(["GET", "POST"])
@doors.page
def remove(request: HttpRequest) -> HttpResponse:
    """Ask, then put them into the archive."""
    if not request.actor.may_everywhere(names.PERMISSION):
        raise errors.Forbidden(_("Sample data is removed by an administrator."))
    if request.method == "POST":
        count = loading.remove(by=request.actor, at=request.at)
        messages.success(request, _("%(count)s sample customers are in the archive.") % {"count": count})
        return redirect("desk:settings")
    found = ", ".join(sample.present().order_by("name").values_list("name", flat=True))
    text = _(
        "%(names)s go into the archive: their open tickets are cancelled, no clock of theirs runs on, and nobody is "
        "told. To erase them for good, run “manage.py demo --remove” on the server."
    )
    return shell.render(
        request, "desk/form.html", current="settings", title=_("Remove sample data"), form=DeskForm(),
        text=text % {"names": found} if found else _("There are no sample customers."), kind="danger",
        action=request.path, cancel_url=reverse("desk:settings"),
        back={"url": reverse("desk:settings"), "label": _("Settings")},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@doors.page
def load(request: HttpRequest) -> HttpResponse:
    """Ask, then load it as a job; while one is under way, how far it is (a script asks for that part every two
    seconds)."""
    if not request.actor.may_everywhere(names.PERMISSION):
        raise errors.Forbidden(_("Sample data is loaded by an administrator."))
    if request.method == "POST":
        job = loading.load(by=request.actor, at=request.at)
        nudges.nudge(tasks.work, job.pk, job.caller)
        return redirect("desk:settings-sample-load")
    job = loading.find_job(request.actor)
    context = {
        "job": job, "is_moving": bool(job and job.is_open), "is_done": bool(job and job.state == State.DONE),
        "can_start": loading.is_empty() and not (job and job.is_open), "kind": KINDS.get(job.state, "") if job else "",
        "people": job.result.get("people", "") if job else "",
    }  # fmt: skip
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_sample.html", **context)
    return shell.render(
        request, "desk/sample.html", current="settings", title=_("Load sample data"), form=DeskForm(),
        back={"url": reverse("desk:settings"), "label": _("Settings")}, **context,
    )  # fmt: skip
