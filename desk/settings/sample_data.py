"""The button that takes the sample customers away."""

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


@require_http_methods(["GET", "POST"])
@doors.page
def remove(request: HttpRequest) -> HttpResponse:
    """Ask, then put them into the archive."""
    if not request.actor.may_everywhere(names.PERMISSION):
        raise errors.Forbidden(_("Sample data is removed by an administrator."))
    if request.method == "POST":
        count = sample.archive(by=request.actor, at=request.at)
        messages.success(request, _("%(count)s sample customers are in the archive.") % {"count": count})
        return redirect("desk:settings")
    found = ", ".join(sample.present().order_by("name").values_list("name", flat=True))
    text = _(
        "%(names)s go into the archive: nothing is opened for them any more, and their tickets leave the queue. To "
        "erase them for good, run “manage.py demo --remove” on the server."
    )
    return shell.render(
        request, "desk/form.html", current="settings", title=_("Remove sample data"), form=DeskForm(),
        text=text % {"names": found} if found else _("There are no sample customers."), kind="danger",
        action=request.path, cancel_url=reverse("desk:settings"),
        back={"url": reverse("desk:settings"), "label": _("Settings")},
    )  # fmt: skip
