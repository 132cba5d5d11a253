"""The portal's places: the lists of requests, the customer one looks at and its looks, and short links."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Portal
from core import errors, pagination
from portal import branding, colleagues, frame, queries, showing
from tickets import queries as tickets
from tickets.choices import Phase
from tickets.models import Ticket

PAGE_ROWS = 25
SHOWN = {"open": queries.UNFINISHED, "closed": (Phase.CLOSED,), "all": tuple(Phase)}


@require_safe
@frame.door
def requests(request: HttpRequest) -> HttpResponse:
    """My requests, or (for a manager) everybody's; open and closed, by words, by pages."""
    is_all = request.GET.get("who") == "all"
    text = request.GET.get("q", "").strip()[:200]
    shown = request.GET.get("show") or ("all" if text else "open")
    if shown not in SHOWN:
        raise errors.NotFound(_("There is no such list: choose open, closed or all."))
    read = queries.everybodys if is_all else queries.mine
    rows = read(request.actor, request.customer).filter(phase__in=SHOWN[shown])
    if text:
        rows = rows.filter(id__in=_found(text, request))
    group = request.GET.get("group", "") if is_all else ""
    if request.GET.get("as") == "csv":
        return colleagues.as_csv(colleagues.grouped(rows, group)[0].order_by("-id"), request)
    rows, order = colleagues.grouped(rows, group)
    found = pagination.paginate(rows, order, cursor=request.GET.get("after"), size=PAGE_ROWS)
    kept = {
        name: value
        for name, value in (("who", "all" if is_all else ""), ("q", text), ("group", group))
        if value
    }
    return frame.page(
        request,
        "portal/requests.html",
        "all" if is_all else "requests",
        title=_("Everybody's requests") if is_all else _("My requests"),
        rows=[
            {
                **showing.line(one, request.actor, request.at, with_requester=is_all),
                "group": colleagues.heading(one, group),
            }
            for one in found.items
        ],
        is_grouped=group in colleagues.GROUPS,
        groups=_groups(shown, kept, group) if is_all else None,
        export_url=f"{_to(shown, kept)}&as=csv" if is_all else "",
        hidden_count=colleagues.count_confidential(request, SHOWN[shown])
        if is_all and frame.reads_all(request)
        else 0,
        tabs=_tabs(shown, kept),
        search_text=text,
        is_all=is_all,
        shown=shown,
        newer_url=_to(shown, kept, found.previous),
        older_url=_to(shown, kept, found.next),
        report_url=f"{reverse('portal:report')}?{urlencode({'q': text})}"
        if text
        else reverse("portal:report"),
    )


def _found(text: str, request: HttpRequest) -> list[int]:
    exact = queries.visible(request.actor).numbered(text).values_list("id", flat=True)
    return [*exact, *tickets.search_ids(text, request.actor)]


def _tabs(shown: str, kept: dict[str, str]) -> list[dict[str, Any]]:
    labels = {"open": _("Open"), "closed": _("Closed"), "all": _("All")}
    return [{"label": labels[one], "url": _to(one, kept), "current": one == shown} for one in SHOWN]


def _groups(shown: str, kept: dict[str, str], group: str) -> list[dict[str, Any]]:
    labels = {"": _("Newest first"), "person": _("By person"), "site": _("By site")}
    return [
        {"label": label, "url": _to(shown, {**kept, "group": one}), "current": one == group}
        for one, label in labels.items()
    ]


def _to(shown: str, kept: dict[str, str], cursor: str | None = "") -> str:
    """The address of this list at a cursor; empty where there is no such page."""
    if cursor is None:
        return ""
    values = {**kept, "show": shown, **({"after": cursor} if cursor else {})}
    return f"{reverse('portal:requests')}?{urlencode(values)}"


@require_POST
@frame.door
def switch(request: HttpRequest) -> HttpResponse:
    """Look at another customer that knows this person."""
    slug = request.POST.get("customer", "")
    chosen = next((one.customer for one in request.persons if one.customer.slug == slug), None)
    if chosen is None:
        raise errors.NotFound(_("You are not known at this customer."))
    request.session[frame.CHOSEN] = chosen.pk
    messages.success(request, _("You now look at %(customer)s.") % {"customer": chosen.name})
    number = request.POST.get("number", "")[:24]
    return (
        redirect("portal:request", number) if number.replace("-", "").isalnum() else redirect("portal:home")
    )


@require_safe
@frame.door
def look(request: HttpRequest) -> HttpResponse:
    """The style sheet of the customer one looks at."""
    return branding.style_response(branding.portal_of(request.customer) or Portal())


@require_safe
@frame.door
def logo(request: HttpRequest) -> HttpResponse:
    """The logo of the customer one looks at."""
    return branding.logo_response(branding.portal_of(request.customer))


@require_safe
@frame.door
def shortcut(request: HttpRequest, number: str) -> HttpResponse:
    """`/INC-1001`, as mails write it: leads each reader to his own door; the same 404 for foreign and unknown ones."""
    found = queries.visible(request.actor).numbered(number).first()
    if request.actor.is_desk:
        inside = Ticket.objects.visible_to(request.actor).numbered(number).first()
        if inside is not None:
            return redirect("desk:ticket", inside.number)
    if found is None:
        raise errors.NotFound(_("There is no request %(number)s here.") % {"number": number.upper()})
    return redirect(showing.url_of(found))
