"""The picker that narrows the queue: a field, an operator, values; each found by typing, all of it in the address."""

from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import errors
from core.actor import Actor
from desk import chips, doors, shell, views_of_queue
from desk.chips import FIELDS, Field
from desk.views_of_queue import Asked
from tickets import filters
from tickets.models import Ticket


@require_GET
@doors.page
def filter(request: HttpRequest) -> HttpResponse:
    """The picker: the fields, or with `?field=` what may be said of one. A page of its own without a script."""
    asked = views_of_queue.read(request.GET.dict(), request.actor)
    field = FIELDS.get(request.GET.get("field", ""))
    context = _context(request, asked, field)
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_filter.html", **context)
    return shell.render(request, "desk/filter.html", current=asked.view.slug, **context)


@require_GET
@doors.page
def values(request: HttpRequest) -> HttpResponse:
    """The values of one field that the words in `q` find."""
    field = _field(request.GET.get("field", ""))
    found = _options(field, request.actor, request.GET.get("q", "")[:80], [])
    return shell.fragment(request, "desk/_filter_values.html", options=found)


@require_GET
@doors.page
def apply(request: HttpRequest) -> HttpResponse:
    """To the queue with one more filter: `field`, `op`, the values, and in `to` the state it is added to."""
    state = dict(parse_qsl(request.GET.get("to", "").removeprefix("?")))
    asked = views_of_queue.read(state, request.actor)
    field = _field(request.GET.get("field", ""))
    name, value = _written(field, request)
    kept = {one: text for one, text in asked.filters.items() if one != name}
    new = {**kept, **({name: value} if value else {})}
    filters.apply(Ticket.objects.none(), new, request.actor)
    return redirect(reverse("desk:queue") + asked.with_(filters=new).query(preview=state.get("preview", "")))


def _field(name: str) -> Field:
    if name not in FIELDS:
        sentence = _("Choose what to filter by.")
        raise errors.Malformed(sentence, errors={"field": [sentence]})
    return FIELDS[name]


def _written(field: Field, request: HttpRequest) -> tuple[str, str]:
    """The parameter of the address, and its value. Raises Malformed."""
    op, given = request.GET.get("op", "is"), [one for one in request.GET.getlist("value") if one.strip()]
    if field.is_time:
        name = f"{field.name}_{'after' if op == 'after' else 'before'}"
        try:
            return name, chips.read_moment(given[0], request.at) if given else ""
        except ValueError as error:
            raise errors.Malformed(str(error), errors={"value": [str(error)]}) from error
    text = ",".join(given) if field.options else given[0].strip() if given else ""
    return field.name, f"!{text}" if op == "not" and text and field.takes_not else text


def _context(request: HttpRequest, asked: Asked, field: Field | None) -> dict[str, Any]:
    base = {
        "title": _("Filter"), "to": asked.query(), "action": reverse("desk:filter-apply"), "submit": _("Show"),
        "fields_url": reverse("desk:filter") + asked.query(),
    }  # fmt: skip
    if field is None:
        sign = "&" if asked.query() else "?"
        links = [
            {"label": one.label, "url": f"{base['fields_url']}{sign}field={one.name}", "name": one.name}
            for one in FIELDS.values()
        ]
        return {**base, "fields": links}
    op, chosen = _present(field, asked)
    return {
        **base, "field": field, "op": op, "values_url": reverse("desk:filter-values") + f"?field={field.name}",
        "typed": chosen[0] if chosen else "", "operators": _operators(field),
        "options": _options(field, request.actor, "", chosen) if field.options else None,
    }  # fmt: skip


def _operators(field: Field) -> list[tuple[str, str]]:
    if field.is_time:
        return [("before", _("before")), ("after", _("after"))]
    return [("is", _("is")), *([("not", _("is not"))] if field.takes_not else [])]


def _present(field: Field, asked: Asked) -> tuple[str, list[str]]:
    """What the address says of this field now: the operator and the values."""
    if field.is_time:
        for side in ("after", "before"):
            if value := asked.filters.get(f"{field.name}_{side}"):
                return side, [chips.moment(value) if value.startswith("now") else value]
        return "before", []
    value = asked.filters.get(field.name, "")
    is_not = value.startswith("!")
    bare = value.removeprefix("!")
    return "not" if is_not else "is", (bare.split(",") if field.options else [bare]) if bare else []


def _options(field: Field, actor: Actor, words: str, chosen: list[str]) -> list[dict[str, Any]]:
    """The choices of one field; what is chosen stands first."""
    if field.options is None:
        return []
    special = [
        (value, str(text)) for value, text in field.special if words.casefold() in str(text).casefold()
    ]
    held = list(zip(chosen, chips.names(field, chosen, actor), strict=True))
    others = [one for one in (*special, *field.options(actor, words)) if one[0] not in chosen]
    return [
        {"value": value, "label": label, "is_chosen": value in chosen} for value, label in (*held, *others)
    ]
