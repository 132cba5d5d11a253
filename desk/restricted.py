"""Restricted tickets from outside: how many there are, and the glass, broken with a reason that its people read."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core import errors
from desk import doors, shell
from desk.forms import DeskForm
from tickets import actions, restricted


class GlassForm(DeskForm):
    """Which ticket, and why."""

    number = forms.CharField(label=__("Number"), max_length=24, help_text=__("Like INC-4502."))
    reason = forms.CharField(
        label=__("Why you must see it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("The people on its list are told at once that you looked, and read this."),
    )


@require_http_methods(["GET", "POST"])
@doors.page
def glass(request: HttpRequest) -> HttpResponse:
    """Say how many open tickets are closed to the reader; open one for eight hours, with a reason (8.7.3)."""
    if not request.actor.may("ticket.break_glass"):
        raise errors.Forbidden(_("This page needs the role Team lead or Incident manager."))
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        try:
            ticket = actions.break_glass(values.pop("number"), by=request.actor, at=request.at, **values)
        except errors.Refused as refusal:
            form.take(refusal)
        else:
            messages.success(
                request, _("%(number)s is open to you for eight hours.") % {"number": ticket.number}
            )
            return redirect(reverse("desk:ticket", args=[ticket.number]))
    return shell.render(
        request, "desk/form.html", status=422 if form.errors else 200, current="restricted",
        title=_("Restricted tickets"), text=_said(restricted.count_hidden(request.actor)), form=form,
        action=reverse("desk:restricted"), submit=_("Break the glass"), kind="danger",
        cancel_url=reverse("desk:queue"),
    )  # fmt: skip


def _said(count: int) -> str:
    return ngettext(
        "%(count)d open ticket is closed to you: only the people on its list see it.",
        "%(count)d open tickets are closed to you: only the people on their lists see them.",
        count,
    ) % {"count": count}
