"""The pages of setting up: one step at a time, in any order; what was done is kept, what was skipped comes again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import setting_up
from core import errors
from desk import doors, shell
from desk.setup import names, presets
from desk.setup.steps import STEPS, Given, PeopleForm, Step


@require_GET
@doors.page
def index(request: HttpRequest) -> HttpResponse:
    """On to the first step that is open; once none is, what was done."""
    _require(request)
    progress = setting_up.progress()
    following = names.next_of(progress)
    if following:
        return redirect("desk:setup-step", slug=following)
    return shell.render(
        request, "desk/setup_done.html", current="setup", title=_("Set up"), index=_index(progress, ""),
        left=[{"label": names.STEPS[one], "url": _url(one)} for one in names.left(progress)],
        is_hidden=names.HIDDEN in (progress or {}),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@doors.page
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """One step."""
    _require(request)
    one = _find(slug)
    if request.method == "GET":
        return _show(request, one, one.form(request.actor, query=request.GET))
    form = one.form(request.actor, request.POST, files=request.FILES)
    if not form.is_valid():
        return _show(request, one, form, status=422)
    if isinstance(form, PeopleForm) and not form.is_seen():
        return _show(request, one, form)
    try:
        said = one.save(Given(form, request.actor, request.at))
    except errors.Refused as refusal:
        form.add_error(None, refusal.detail)
        return _show(request, one, form, status=422)
    messages.success(request, said)
    return _go_on(request, slug, names.DONE)


@require_POST
@doors.page
def skip(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave a step for later: it stays on the checklist."""
    _require(request)
    return _go_on(request, _find(slug).slug, names.SKIPPED)


@require_POST
@doors.page
def put_away(request: HttpRequest) -> HttpResponse:
    """Take the checklist out of the sidebar."""
    _require(request)
    setting_up.mark(names.HIDDEN, names.DONE, by=request.actor, at=request.at)
    return redirect("desk:setup")


def _go_on(request: HttpRequest, slug: str, state: str) -> HttpResponse:
    row = setting_up.mark(slug, state, by=request.actor, at=request.at)
    following = names.next_of(row.setup, slug)
    return redirect(_url(following) if following else reverse("desk:setup"))


def _show(request: HttpRequest, one: Step, form: Any, *, status: int = 200) -> HttpResponse:
    progress = setting_up.progress()
    order = list(names.STEPS)
    lines = form.lines if isinstance(form, PeopleForm) else []
    can_save = bool(lines) and not any(line.fault for line in lines)
    return shell.render(
        request, "desk/setup.html", current=f"setup:{one.slug}", status=status, title=one.label, step=one, form=form,
        index=_index(progress, one.slug), action=_url(one.slug), skip_url=reverse("desk:setup-skip", args=[one.slug]),
        place=_("Step %(number)s of %(all)s") % {"number": order.index(one.slug) + 1, "all": len(order)},
        is_done=(progress or {}).get(one.slug) == names.DONE, lines=lines,
        submit=_("Save these people") if can_save else one.submit or _("Save and go on"),
        presets=presets.table() if one.slug == "targets" else (), **one.beside(request.actor, request.at),
    )  # fmt: skip


def _index(progress: dict[str, str] | None, current: str) -> list[dict[str, Any]]:
    known = progress or {}
    return [
        {"label": label, "url": _url(slug), "current": slug == current,
         "icon": "circle-check" if known.get(slug) == names.DONE else STEPS[slug].icon}
        for slug, label in names.STEPS.items()
    ]  # fmt: skip


def _url(slug: str) -> str:
    return reverse("desk:setup-step", args=[slug])


def _find(slug: str) -> Step:
    if slug not in STEPS:
        raise errors.NotFound(_("There is no such step."))
    return STEPS[slug]


def _require(request: HttpRequest) -> None:
    if not request.actor.may_everywhere(names.PERMISSION):
        raise errors.Forbidden(_("Setting up opens with the role Administrator; an administrator grants it."))
