"""What every page of the portal shares: who comes in, at which customer he looks, and what stands around the page."""

import contextlib
import dataclasses
import functools
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Portal
from core import errors, problems
from core.actor import Side
from customers import scoping
from customers.models import Customer, Installation
from portal import branding, queries
from portal.providers import PROVIDERS
from reporting import sight

View = Callable[..., HttpResponse]
CHOSEN = "portal_customer"


def door(view: View, *, is_for_suppliers: bool = False) -> View:
    """Let signed-in people in, show times in their customer's zone where they chose none, answer refusals as pages.
    A supplier's people are led to their own pages: the portal is the customers'."""

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if not _is_person(request):
            return _to_sign_in(request)
        if (request.actor.side == Side.SUPPLIER) != is_for_suppliers:
            return _other_house(request, named.get("number"))
        request.persons = queries.persons(request.actor)
        request.customer = _chosen(request)
        with timezone.override(_zone(request)), translation.override(_language(request)):
            try:
                with _narrowed(request):
                    return view(request, *args, **named)
            except errors.NotFound as refusal:
                return _elsewhere(request, named.get("number")) or problems.respond(request, refusal)
            except errors.Refused as refusal:
                return problems.respond(request, refusal)

    return inner


def _other_house(request: HttpRequest, number: str | None) -> HttpResponse:
    """Suppliers to their pages; whoever asks for those without being one finds nothing."""
    if request.actor.side != Side.SUPPLIER or request.method not in ("GET", "HEAD"):
        return problems.respond(request, errors.NotFound(_("There is nothing for you at this address.")))
    return redirect("portal:supplier_one", number) if number else redirect("portal:supplier")


@contextlib.contextmanager
def _narrowed(request: HttpRequest) -> Iterator[None]:
    """Someone of several customers sees and acts at the chosen one only, also in the database's eyes."""
    actor, chosen = request.actor, request.customer
    if actor.side != Side.CUSTOMER or chosen is None or len(request.persons) < 2:
        yield
        return
    own = frozenset(one.pk for one in request.persons if one.customer_id == chosen.pk)
    grants = {key: held for key, held in actor.grants.items() if key == chosen.pk}
    request.actor = dataclasses.replace(actor, customers=frozenset({chosen.pk}), persons=own, grants=grants)
    try:
        with scoping.scope([chosen.pk], compartments=actor.compartments, caller=actor.key):
            yield
    finally:
        request.actor = actor


def _elsewhere(request: HttpRequest, number: str | None) -> HttpResponse | None:
    """For a request at another customer that knows this person: the page with the button that leads there."""
    if number is None or request.method not in ("GET", "HEAD") or len(request.persons) < 2:
        return None
    found = queries.visible(request.actor).numbered(number).first()
    if found is None:
        return None
    return page(request, "portal/elsewhere.html", "requests", number=found.number, there=found.customer)


def _is_person(request: HttpRequest) -> bool:
    """Whether a browser's session stands behind the request: tokens are for the API."""
    actor = getattr(request, "actor", None)
    return actor is not None and actor.scopes is None and request.user.is_authenticated


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return problems.respond(request, errors.SignInNeeded(_("You are signed out: sign in again.")))
    return auth_views.redirect_to_login(request.get_full_path())


def _chosen(request: HttpRequest) -> Customer | None:
    """The customer that this human looks at: his choice, else the first that knows him, else the first he may see."""
    known = {one.customer_id: one.customer for one in request.persons}
    if not known:
        return Customer.objects.visible_to(request.actor).order_by("name", "id").first()
    return known.get(request.session.get(CHOSEN)) or next(iter(known.values()))


def _language(request: HttpRequest) -> str:
    """The reader's: his own choice, what his customer noted of him, his customer's; else the browser's."""
    person = next((one for one in request.persons if one.customer == request.customer), None)
    wanted = (
        request.user.language,
        person.language if person else "",
        person.customer.language if person else "",
    )
    known = dict(settings.LANGUAGES)
    return next((one for one in wanted if one in known), translation.get_language() or settings.LANGUAGE_CODE)


def _zone(request: HttpRequest) -> Any:
    if request.user.time_zone:
        return timezone.get_current_timezone()
    name = next(
        (one.time_zone for one in request.persons if one.customer == request.customer and one.time_zone), ""
    )
    try:
        return zoneinfo.ZoneInfo(name or (request.customer.time_zone if request.customer else "UTC"))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return timezone.get_current_timezone()


def page(
    request: HttpRequest, template: str, current: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Render a page inside the portal's shell; `current` names the place in the top bar."""
    return render(request, template, _shell(request, current) | more, status=status)


def part(request: HttpRequest, template: str, **more: Any) -> HttpResponse:
    """Render a part of a page, without what stands around it."""
    return render(request, template, more)


def installation(request: HttpRequest) -> Installation:
    """How this installation presents itself, asked once a request; an unsaved default before anybody has said it."""
    if not hasattr(request, "installation"):
        request.installation = Installation.objects.first() or Installation()
    return request.installation


def help_line(request: HttpRequest) -> dict[str, str]:
    """phone, hours and mail: the customer's own, else the installation's."""
    return branding.help_of(branding.portal_of(request.customer) or Portal(), installation(request))


def _shell(request: HttpRequest, current: str) -> dict[str, Any]:
    own = branding.portal_of(request.customer)
    return {
        "nav": [{**one, "current": one["key"] == current} for one in _places(request)],
        "me": {"name": str(request.user), "email": request.user.email, "kind": "customer"},
        "brand_name": (own.name if own else "") or installation(request).name,
        "help": help_line(request),
        "banner": next(filter(None, (provide(request) for provide in PROVIDERS.banners)), None),
        **branding.links(own, reverse("portal:look"), reverse("portal:logo")),
        "now": request.at,
        "profile_url": reverse("profile"),
        "preferences_url": reverse("profile_theme"),
        "about_url": reverse("portal:about"),
        "other_door": {"url": "/desk/", "label": _("To the desk")} if request.actor.is_desk else None,
        "customers": _switch(request),
    }


def _places(request: HttpRequest) -> list[dict[str, Any]]:
    places = [
        {"key": "home", "label": _("Home"), "icon": "home", "url": reverse("portal:home")},
        {
            "key": "requests",
            "label": _("My requests"),
            "icon": "list-check",
            "url": reverse("portal:requests"),
        },
    ]
    if reads_all(request):
        url = f"{reverse('portal:requests')}?who=all"
        places.append({"key": "all", "label": _("Everybody's requests"), "icon": "users", "url": url})
    if reads_reports(request):
        url = reverse("portal:service_reports")
        places.append(
            {"key": "service-reports", "label": _("Service reports"), "icon": "chart-bar", "url": url}
        )
    if approves(request):
        url = reverse("portal:agreements")
        places.append({"key": "agreements", "label": _("Agreements"), "icon": "file-text", "url": url})
    places.append(
        {"key": "status", "label": _("Service status"), "icon": "heartbeat", "url": reverse("portal:status")}
    )
    places.append(
        {
            "key": "report",
            "label": _("Report a fault"),
            "icon": "alert-circle",
            "url": reverse("portal:report"),
        }
    )
    return places


def reads_all(request: HttpRequest) -> bool:
    """Whether this human manages the customer he looks at."""
    customer = request.customer
    return (
        bool(customer)
        and not request.actor.is_desk
        and request.actor.may("ticket.read_customer", customer.pk)
    )


def reads_reports(request: HttpRequest) -> bool:
    """Whether this human reads the service reports of the customer he looks at."""
    customer, actor = request.customer, request.actor
    return bool(customer) and not actor.is_inside and actor.may(sight.READ_OWN, customer.pk)


def approves(request: HttpRequest) -> bool:
    """Whether this human approves agreements for the customer he looks at."""
    customer, actor = request.customer, request.actor
    return bool(customer) and not actor.is_desk and actor.may("agreement.approve", customer.pk)


def _switch(request: HttpRequest) -> dict[str, Any] | None:
    """The customers to choose from, where there is a choice."""
    if len(request.persons) < 2:
        return None
    options = [
        {"slug": one.customer.slug, "name": one.customer.name, "is_chosen": one.customer == request.customer}
        for one in request.persons
    ]
    return {"name": request.customer.name, "options": options, "url": reverse("portal:switch")}
