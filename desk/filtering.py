"""The dialog that narrows the queue: a form by GET, so that every filter lies in the address."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET

from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core.actor import Actor
from customers.models import Customer
from desk import doors, shell, verb_forms, views_of_queue
from desk.forms import choices_of
from tickets import processes, reference
from tickets.choices import Phase

MOST = 500


class FilterForm(forms.Form):
    """What the queue can be narrowed by; the names are those of the address and of the API."""

    q = forms.CharField(label=__("Words"), required=False, max_length=200)
    state = forms.ChoiceField(label=__("Status"), required=False)
    phase = forms.ChoiceField(label=__("Phase"), required=False, choices=[("", __("Open")), *Phase.choices])
    priority = forms.ChoiceField(label=__("Priority"), required=False)
    customer = forms.ChoiceField(label=__("Customer"), required=False)
    service = forms.ChoiceField(label=__("Service"), required=False)
    category = forms.ChoiceField(label=__("Category"), required=False)
    team = forms.ChoiceField(label=__("Team"), required=False)
    assignee = forms.ChoiceField(label=__("Assignee"), required=False)

    def __init__(self, actor: Actor, *args: Any, **options: Any):
        super().__init__(*args, **options)
        any_ = ("", _("Any"))
        states = [state for one in processes.every() for state in one.workflow.states.values()]
        customers = Customer.objects.visible_to(actor).order_by("name")[:MOST]
        services = ConfigurationItem.objects.visible_to(actor).services().order_by("name")[:MOST]
        categories = Category.objects.visible_to(actor).order_by("name")[:MOST]
        people = verb_forms.people_of_the_desk(None)
        known = {
            "state": {one.name: one.label for one in states}.items(),
            "priority": [(str(one.level), f"P{one.level} {one.name}") for one in reference.priorities()],
            "customer": choices_of(customers, key="slug"),
            "service": choices_of(services, key="slug"),
            "category": choices_of(categories, key="slug"),
            "team": [("none", _("None")), *choices_of(verb_forms.teams(actor), key="slug")],
            "assignee": [("me", _("Me")), ("none", _("Nobody")), *choices_of(people)],
        }
        for name, choices in known.items():
            self.fields[name].choices = [any_, *choices]


@require_GET
@doors.page
def filter(request: HttpRequest) -> HttpResponse:
    """The form, filled with the filters in force."""
    asked = views_of_queue.read(request.GET.dict(), request.actor)
    form = FilterForm(request.actor, initial=dict(asked.filters))
    context = {
        "title": _("Filter"),
        "form": form,
        "action": reverse("desk:queue"),
        "view": asked.view.slug,
        "submit": _("Show"),
    }
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_filter.html", **context)
    return shell.render(request, "desk/filter.html", current=asked.view.slug, **context)
