"""Several tickets at once: the selection of the queue, one verb, a result that says what was refused and why."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import errors
from core.actor import Actor
from desk import doors, shell, verb_forms
from desk.forms import DeskForm, choices_of
from tickets import verbs
from tickets.models import Ticket

MOST = 50  # more than one page is a job, which this desk does not run yet


class AssignForm(DeskForm):
    """To whom the chosen tickets go."""

    assignee = django_forms.ChoiceField(label=__("Assignee"), required=False)
    team = django_forms.ChoiceField(label=__("Team"), required=False)

    def __init__(self, actor: Actor, *args: Any, **options: Any):
        super().__init__(*args, **options)
        people = [(str(one.pk), str(one)) for one in verb_forms.people_of_the_desk(None)]
        self.fields["assignee"].choices = [("", _("As it is")), *people]
        self.fields["team"].choices = [("", _("As it is")), *choices_of(verb_forms.teams(actor), key="slug")]


@require_POST
@doors.page
def bulk(request: HttpRequest) -> HttpResponse:
    """Carry out one deed on the chosen tickets; assigning asks to whom first."""
    numbers = list(dict.fromkeys(request.POST.getlist("ticket")))[:MOST]
    if not numbers:
        messages.info(request, _("Choose tickets first: X marks the row of the cursor."))
        return redirect(reverse("desk:queue"))
    if request.POST.get("deed") == "take":
        return _each(request, numbers, {"assignee": "me"})
    form = AssignForm(request.actor, request.POST if "assignee" in request.POST else None)
    if not form.is_bound or not form.is_valid():
        return _ask(request, form, numbers)
    raw = {name: value for name, value in form.values().items() if value}
    if not raw:
        form.add_error(None, _("Say to whom, or to which team."))
        return _ask(request, form, numbers, status=422)
    return _each(request, numbers, raw)


def _ask(request: HttpRequest, form: AssignForm, numbers: list[str], status: int = 200) -> HttpResponse:
    title = ngettext("Assign %(count)d ticket", "Assign %(count)d tickets", len(numbers)) % {
        "count": len(numbers)
    }
    return shell.render(
        request, "desk/bulk.html", current="all", status=status, title=title, form=form, numbers=numbers,
        text=", ".join(numbers), action=reverse("desk:bulk"), submit=_("Assign"), cancel_url=reverse("desk:queue"),
    )  # fmt: skip


def _each(request: HttpRequest, numbers: list[str], raw: dict[str, str]) -> HttpResponse:
    """One after the other; each is whole or left alone."""
    done, refused = 0, []
    for ticket in Ticket.objects.visible_to(request.actor).filter(number__in=numbers).order_by("id"):
        try:
            with transaction.atomic():
                verbs.run(ticket, "assign", raw, by=request.actor, at=request.at)
            done += 1
        except errors.Refused as refusal:
            refused.append(refusal.detail)
    if done:
        said = ngettext("%(count)d ticket changed.", "%(count)d tickets changed.", done) % {"count": done}
        messages.success(request, said)
    for sentence in refused:
        messages.error(request, sentence)
    return redirect(reverse("desk:queue"))
