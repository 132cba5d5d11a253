"""Keeping the queue as it stands: a view saved, changed or dropped, the sidebar's order, the columns."""

from typing import Any
from urllib.parse import parse_qsl

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Team
from core import errors
from core.actor import Actor
from desk import columns, counters, doors, records, shell, view_menu, views_of_queue
from desk import forms as desk_forms
from desk.forms import DeskForm
from desk.views_of_queue import Asked
from notifications import actions as notifications
from tickets import standing, view_actions
from tickets.models import SavedView


class KeepForm(DeskForm):
    """The name of a view, and whose it is."""

    name = django_forms.CharField(label=__("Name"), max_length=80)
    whose = django_forms.ChoiceField(label=__("For"))
    is_starred = django_forms.BooleanField(
        label=__("Keep at the top of the sidebar"), required=False, initial=True
    )

    def __init__(self, actor: Actor, *args: Any, **options: Any):
        super().__init__(*args, **options)
        teams = Team.objects.filter(id__in=actor.teams).order_by("name")
        desk = [("desk", _("The whole desk"))] if actor.may_everywhere("settings.write") else []
        self.fields["whose"].choices = [
            ("me", _("Me")),
            *((f"team:{one.pk}", one.name) for one in teams),
            *desk,
        ]


@require_http_methods(["GET", "POST"])
@doors.page
def views(request: HttpRequest) -> HttpResponse:
    """Keep the state of this address under a name: the dialog, and the deed."""
    asked = views_of_queue.read(request.GET.dict(), request.actor)
    bound = request.POST if request.method == "POST" else None
    form = KeepForm(request.actor, bound, initial={"name": view_menu.kept_title(asked)[:80], "whose": "me"})
    if bound is None or not form.is_valid():
        return _ask(request, form, status=422 if bound else 200)
    given = form.values()
    try:
        view = SavedView(name=given["name"], **_owner(given["whose"], request.actor), **_shape(asked))
        made = view_actions.create_view(view, by=request.actor, at=request.at)
        if given["is_starred"]:
            view_actions.star_view(made.slug, by=request.actor, is_starred=True)
    except errors.Refused as refusal:
        form.take(refusal)
        return _ask(request, form, status=422)
    return _on(request, made.slug, _("The view “%(name)s” is kept.") % {"name": made.name})


@require_POST
@doors.page
def view(request: HttpRequest, slug: str) -> HttpResponse:
    """Change one's view to the state of this address, rename it, or drop it (`deed`)."""
    saved = standing.find_saved(slug, request.actor)
    if saved is None:
        raise errors.NotFound(_("There is no such view: choose one at the side."))
    deed, by = request.POST.get("deed", "save"), {"by": request.actor, "at": request.at}
    if deed == "drop":
        view_actions.delete_view(saved, **by)
        return _on(request, "", _("The view “%(name)s” is gone.") % {"name": saved.name})
    asked = views_of_queue.read(request.GET.dict(), request.actor)
    fields = {"name": request.POST.get("name", "")[:80]} if deed == "rename" else _shape(asked)
    view_actions.change_view(saved, fields=fields, version=desk_forms.version_of(request), **by)
    return _on(request, slug, _("The view “%(name)s” is saved.") % {"name": saved.name})


@require_POST
@doors.page
def star(request: HttpRequest, slug: str) -> HttpResponse:
    """Have a view at hand at the top of the sidebar, or no longer."""
    view_actions.star_view(slug, by=request.actor, is_starred=request.POST.get("is_starred") == "true")
    return _on(request, slug, "")


@require_POST
@doors.page
def arrange(request: HttpRequest) -> HttpResponse:
    """The order of what is at hand: `slug`, several times."""
    view_actions.arrange_views(request.POST.getlist("slug"), by=request.actor)
    return HttpResponse(status=204)


@require_GET
@doors.page
def choose_columns(request: HttpRequest) -> HttpResponse:
    """The dialog of the columns; with `apply`, to the queue with those that were ticked."""
    if "apply" in request.GET:
        state = dict(parse_qsl(request.GET.get("to", "").removeprefix("?")))
        asked = views_of_queue.read(state, request.actor)
        chosen = columns.read(",".join(request.GET.getlist("column")))
        return redirect(reverse("desk:queue") + asked.with_(columns=chosen or ("number",)).query())
    asked = views_of_queue.read(request.GET.dict(), request.actor)
    context = {
        "title": _("Columns"), "to": asked.query(), "action": reverse("desk:columns"), "columns": _choices(asked),
        "submit": _("Show"), "fixed": (columns.SUBJECT.label, columns.DUE.label),
    }  # fmt: skip
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_columns.html", **context)
    return shell.render(request, "desk/columns.html", current=asked.view.slug, **context)


@require_POST
@doors.page
def read(request: HttpRequest, number: str) -> HttpResponse:
    """Note that this login has read the ticket, or with `unread` that it has not."""
    ticket = records.get_ticket(request, number)
    is_read = "unread" not in request.POST
    view_actions.mark_read(ticket, by=request.actor, at=request.at, is_read=is_read)
    if is_read and notifications.mark_read(ticket, by=request.actor, at=request.at):
        counters.touch(request.actor)
    return HttpResponse(status=204)


def _choices(asked: Asked) -> list[dict[str, Any]]:
    """Chosen columns in their order, then the others."""
    shown = list(asked.shown_columns)
    bare = [one.partition(":")[0] for one in shown]
    rest = [name for name in columns.KNOWN if name not in bare]
    return [
        {"value": value, "label": columns.KNOWN[value.partition(":")[0]].label, "is_chosen": value in shown}
        for value in (*shown, *rest)
        if value.partition(":")[0] in columns.KNOWN
    ]


def _shape(asked: Asked) -> dict[str, Any]:
    """The state of an address as a view keeps it: a view of the house brings its own filters."""
    own = {} if asked.view.saved else dict(asked.view.filters)
    return {
        "filters": {**own, **asked.filters}, "ordering": asked.ordering or asked.view.ordering,
        "grouping": asked.group or asked.view.group, "columns": list(asked.columns or asked.view.columns),
        "density": asked.shown_density,
    }  # fmt: skip


def _owner(whose: str, actor: Actor) -> dict[str, Any]:
    if whose == "me":
        return {"owner_id": actor.user_id}
    return {"team_id": int(whose.removeprefix("team:"))} if whose.startswith("team:") else {}


def _ask(request: HttpRequest, form: KeepForm, status: int = 200) -> HttpResponse:
    context = {
        "title": _("Keep this view"), "form": form, "submit": _("Keep"), "action": request.get_full_path(),
        "cancel_url": reverse("desk:queue") + (f"?{request.GET.urlencode()}" if request.GET else ""),
    }  # fmt: skip
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_dialog.html", status=status, **context)
    return shell.render(request, "desk/form.html", status=status, **context)


def _on(request: HttpRequest, slug: str, said: str) -> HttpResponse:
    """To the view, with what was done; the sidebar shows it at once."""
    if said:
        messages.success(request, said)
    url = reverse("desk:queue") + (f"?view={slug}" if slug and slug != "all" else "")
    if doors.is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
