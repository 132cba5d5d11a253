"""The generic pages of the Settings: list and form. What differs between sections lies in their descriptors."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core import display, errors, pagination
from core.actor import Actor
from desk import doors, shell
from desk.forms import version_of
from desk.merging import Merge
from desk.settings import emptiness, log, table
from desk.settings.section import Save, Section, SettingForm

PAGE = 100


@require_GET
@doors.page
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows of one section, a page at a time; ?q= narrows them."""
    section = find(slug, request.actor)
    if section.elsewhere:
        return redirect(section.url)
    if section.is_single:
        only = section.rows(request.actor).first()
        return redirect(f"{_list_url(section)}{only.pk if only else 'new'}/")
    words = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    rows = section.rows(request.actor)
    if words:
        wanted = Q()
        for name in section.search:
            wanted |= Q(**{f"{name}__icontains": words})
        rows = rows.filter(wanted)
    page = pagination.paginate(
        rows, pagination.keys(*section.order), cursor=request.GET.get("cursor"), size=PAGE
    )
    url = _list_url(section)
    return shell.render(
        request, "desk/settings_list.html", current="settings", title=section.label, text=section.text,
        index=_index(request.actor, section), q=words, headings=[label for label, _show in section.columns],
        rows=[_row(one, section) for one in page.items], has_search=bool(section.search),
        new_url=f"{url}new/" if section.can_create and section.may_write(request.actor) else "", one=section.one,
        note_line=_note(request.actor, section), has_columns=len(section.columns),
        empty=emptiness.of(section.slug),
        pager={
            "newer_url": f"{url}?{urlencode({'q': words, 'cursor': page.previous})}" if page.previous else "",
            "older_url": f"{url}?{urlencode({'q': words, 'cursor': page.next})}" if page.next else "",
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@doors.page
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a row."""
    section = find(slug, request.actor)
    is_open = not section.rows(request.actor).exists() if section.is_single else section.can_create
    if not is_open:
        raise errors.NotFound(_("Nothing is added here."))
    return _edit(request, section, None)


@require_http_methods(["GET", "POST"])
@doors.page
def edit(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Read or change a row."""
    section = find(slug, request.actor)
    row = get_row(section, key, request.actor)
    return redirect(f"{section.url}{key}/") if section.elsewhere else _edit(request, section, row)


def find(slug: str, actor: Actor) -> Section:
    """A section that this person may read. Raises NotFound, Forbidden."""
    section = table.SECTIONS.get(slug)
    if section is None:
        raise errors.NotFound(_("There is no such page in the Settings."))
    if not section.may_read(actor):
        raise errors.Forbidden(_no_right())
    return section


def get_row(section: Section, key: int, actor: Actor) -> Any:
    """A row that this person may read. Raises NotFound."""
    row = section.rows(actor).filter(pk=key).first()
    if row is None:
        raise errors.NotFound(_("There is no such entry in the Settings, or it is not yours to see."))
    return row


def _edit(request: HttpRequest, section: Section, row: Any) -> HttpResponse:
    may_write = section.may_write(request.actor, row)
    if not may_write and (row is None or request.method == "POST"):
        raise errors.Forbidden(_may_not(section))
    if request.method == "GET":
        form = section.form(request.actor, row, **_proposals(request, section, row))
        if not may_write:
            form.hide_changes()
        return show(request, section, row, form, may_write=may_write)
    form = section.form(request.actor, row, request.POST, files=request.FILES)
    if not form.is_valid():
        return show(request, section, row, form, status=422)
    version = version_of(request)
    try:
        saved = section.save(
            Save(row, form.given(), request.actor, request.at, form.cleaned_data.get("reason", ""), version)
        )
    except errors.Stale:
        return show(request, section, row, form, status=412, merge=_merge(form, row))
    except errors.Refused as refusal:
        form.take(refusal)
        return show(request, section, row, form, status=422)
    messages.success(request, _("%(name)s is saved.") % {"name": saved})
    return redirect(f"{_list_url(section)}{saved.pk}/" if section.after else _list_url(section))


def show(
    request: HttpRequest,
    section: Section,
    row: Any,
    form: SettingForm,
    *,
    may_write: bool = True,
    status: int = 200,
    merge: Merge | None = None,
    **more: Any,
) -> HttpResponse:
    """The form of one row on its page."""
    extra = section.beside(row, request.actor, request.at) if section.beside and row is not None else {}
    context = {
        "title": _title(section, row), "form": form, "submit": _("Save"), "merge": merge, "may_write": may_write,
        "version": getattr(row, "version", None), "action": request.get_full_path(), "row": row,
        "index": _index(request.actor, section), "cancel_url": "" if section.is_single else _list_url(section),
        "back": _up(section),
        "last_change": log.last_change(row, request.actor) if row is not None else None,
        **extra, **more,
    }  # fmt: skip
    if not may_write:
        context["text"] = _may_not(section)
    return shell.render(
        request, section.after or "desk/setting.html", current="settings", status=status, **context
    )


def _proposals(request: HttpRequest, section: Section, row: Any) -> dict[str, Any]:
    """Values that the form shows and nobody has saved yet."""
    if section.propose is None or row is None or not request.GET:
        return {}
    return {"proposal": section.propose(row, request.GET.dict())}


def _merge(form: SettingForm, row: Any) -> Merge:
    mine = [
        (str(form[name].label), str(form.initial.get(name) or ""), str(form[name].value() or ""))
        for name in form.changed_data
        if name != "reason"
    ]
    sentence = _("“%(name)s” was changed while you had it open. What you wrote is kept.") % {"name": row}
    return Merge(sentence, [], mine)


def readable(actor: Actor) -> list[Section]:
    """The sections that this person may read. Raises Forbidden where it is none."""
    found = [one for one in table.SECTIONS.values() if one.may_read(actor)]
    if not found:
        raise errors.Forbidden(_no_right())
    return found


def _no_right() -> str:
    return _(
        "The Settings open with the role Administrator, or Auditor to read them; some pages with the role that owns "
        "the data, such as Service level manager. An administrator grants roles."
    )


def _may_not(section: Section) -> str:
    from_roles = table.roles_with(section.write)
    return _("You may read this. To change it you need the role %(roles)s.") % {"roles": from_roles}


def _note(actor: Actor, section: Section) -> str:
    return "" if section.may_write(actor) else _may_not(section)


def _row(row: Any, section: Section) -> dict[str, Any]:
    cells = [show(row) for _label, show in section.columns]
    return {"url": f"{_list_url(section)}{row.pk}/", "first": cells[0], "rest": cells[1:]}


def _list_url(section: Section) -> str:
    return section.url


def _index(actor: Actor, current: Section | None) -> list[dict[str, Any]]:
    """The sections this login may read, under the heading of their group, as the first page has them."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in table.SECTIONS.values():
        if one.may_read(actor):
            line = {"label": one.label, "icon": one.icon, "url": _list_url(one), "current": one is current}
            groups.setdefault(str(one.group), [{"label": one.group, "is_heading": True}]).append(line)
    return [line for lines in groups.values() for line in lines]


def _title(section: Section, row: Any) -> str:
    if section.is_single:
        return str(section.label)
    return str(row) if row is not None else _("New: %(what)s") % {"what": display.inside(section.one)}


def _up(section: Section) -> dict[str, Any]:
    if section.is_single:
        return {"url": reverse("desk:settings"), "label": _("Settings")}
    return {"url": _list_url(section), "label": section.label}
