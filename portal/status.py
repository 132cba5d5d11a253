"""How the services are: for signed-in people, and (where a customer declared it) for everybody.

The public page shows what was published to the world and nothing else; it is cached, and its twin in plain files
(`portal.twin`) stands when the application does not.
"""

import datetime as dt
import zoneinfo
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Portal
from core import errors, problems
from core.actor import ALL
from customers import scoping
from customers.models import Customer, Installation
from incidents import following, status
from incidents.models import StatusNotice
from portal import branding, frame, words

KEPT_SECONDS = 30


def banner(request: HttpRequest) -> dict[str, Any] | None:
    """The status line: only while something is wrong. The newest disturbance, and how many more there are."""
    customer_id = request.customer.pk if request.customer else None
    found = status.current(StatusNotice.visible(request.actor, customer_id), request.at)
    if not found:
        return None
    first = found[0]
    text = " ".join(filter(None, [first.text.strip().splitlines()[0], _next_update(first, request.at)]))
    more = _("%(count)d more") % {"count": len(found) - 1} if len(found) > 1 else _("Follow this")
    return {
        "health": "up" if first.state in status.OVER else "degraded", "lead": f"{first.title}.", "text": text,
        "url": reverse("portal:status"), "link_text": more,
    }  # fmt: skip


def _next_update(notice: StatusNotice, at: dt.datetime) -> str:
    if notice.next_update_at is None or notice.next_update_at < at:
        return ""
    when = words.day(notice.next_update_at, at, today_as_hour=True)
    return _("Next update at %(when)s.") % {"when": when}


@require_safe
@frame.door
def page(request: HttpRequest) -> HttpResponse:
    """The services of the customer one looks at, what is wrong with them, and ninety days of history."""
    if request.customer is None:
        raise errors.NotFound(_("Your login is not known to any customer yet."))
    rows = StatusNotice.visible(request.actor, request.customer.pk)
    context = _context(request.customer, rows, request.at)
    return frame.page(request, "portal/status.html", "status", follow=_follow(request), **context)


def _follow(request: HttpRequest) -> dict[str, Any] | None:
    """Whether this person is told by mail, and where; None where we know no address."""
    person = next((one for one in request.persons if one.customer == request.customer and one.email), None)
    if person is None:
        return None
    row = following.find(person.customer_id, person.email)
    return {"email": person.email, "is_following": row is not None, "url": reverse("portal:follow_own")}


@require_safe
def public(request: HttpRequest, slug: str) -> HttpResponse:
    """The same without a sign-in, as far as it was published to the world; the same 404 for what is not public."""
    found = _kept(slug, translation.get_language())
    if found is None:
        return problems.respond(request, errors.NotFound(_("There is no public status page here.")))
    response = HttpResponse(found)
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response["Vary"] = "Accept-Language"
    return response


def _kept(slug: str, language: str) -> str | None:
    """The page as text, rendered twice a minute at most; None where it is not public."""
    place = f"status:{connection.settings_dict['NAME']}:{slug}:{language}"
    kept: str | None = cache.get(place)
    if kept is None:
        kept = render_public(slug)
        if kept is not None:
            cache.set(place, kept, KEPT_SECONDS)
    return kept


def render_public(slug: str, *, is_twin: bool = False) -> str | None:
    """The public page of one customer in the present language; None where the customer has declared none."""
    with scoping.scope(ALL):
        own = find_public(slug)
        desk = Installation.objects.first() or Installation()
    if own is None:
        return None
    customer = own.customer
    with scoping.scope([customer.pk]) as here, timezone.override(zone_of(customer)):
        context = _context(customer, StatusNotice.objects.for_the_world(), here.at)
        context |= {
            "brand_name": own.name or desk.name, "customer": customer, "now": here.at, "is_twin": is_twin,
            "help": branding.help_of(own, desk),
            "follow_url": "" if is_twin else reverse("portal:follow", args=[slug]),
            **_looks(own, slug, is_twin=is_twin),
        }  # fmt: skip
        return render_to_string("portal/status_public.html", context)


def _looks(own: Portal, slug: str, *, is_twin: bool) -> dict[str, Any]:
    if is_twin:
        return {"look_url": "look.css", "logo_url": ""}
    return branding.links(
        own, reverse("portal:public_look", args=[slug]), reverse("portal:public_logo", args=[slug])
    )


def find_public(slug: str) -> Portal | None:
    """The portal of the customer with this short name, if its status is public. Needs a scope that holds it."""
    rows = Portal.objects.filter(customer__slug=slug, status_is_public=True).select_related("customer")
    return rows.first()


def zone_of(customer: Customer) -> dt.tzinfo:
    """The customer's time zone; UTC where its name is unknown."""
    try:
        return zoneinfo.ZoneInfo(customer.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC


def find_open(slug: str) -> Portal | None:
    """The portal of this short name, if anything of it is open to strangers. Needs a scope that holds it."""
    is_open = Q(status_is_public=True) | Q(takes_guests=True)
    return Portal.objects.filter(is_open, customer__slug=slug).select_related("customer").first()


@require_safe
def public_look(request: HttpRequest, slug: str) -> HttpResponse:
    """The style sheet of a customer that shows something to strangers."""
    with scoping.scope(ALL):
        own = find_open(slug)
    if own is None:
        return problems.respond(request, errors.NotFound(_("There is no public status page here.")))
    return branding.style_response(own, is_public=True)


@require_safe
def public_logo(request: HttpRequest, slug: str) -> HttpResponse:
    """The logo of a customer that shows something to strangers."""
    with scoping.scope(ALL):
        own = find_open(slug)
    try:
        return branding.logo_response(own, is_public=True)
    except errors.NotFound as refusal:
        return problems.respond(request, refusal)


def _context(customer: Customer, rows: Any, at: dt.datetime) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    services = status.services_of(customer, timezone.localdate(at))
    found = status.board(services, status.threads(rows, at), at, zone)
    names = {one.service.pk: one.service.name for one in found.services}
    return {
        "services": [_service(one) for one in found.services],
        "notices": [_thread(one, names, at) for one in found.open],
        "history": [_thread(one, names, at) for one in found.past],
        "planned": [],
        "days": status.HISTORY.days,
        "is_quiet": not found.open,
    }


def _service(one: status.ServiceState) -> dict[str, Any]:
    quiet = _("%(quiet)d of %(days)d days without a disturbance") % {
        "quiet": one.quiet_days, "days": status.HISTORY.days,
    }  # fmt: skip
    if one.thread is None:
        return {
            "name": one.service.name,
            "health": "up",
            "word": _("Works"),
            "days": one.days,
            "quiet_text": quiet,
        }
    word = one.thread.last.get_state_display()
    return {
        "name": one.service.name, "health": one.thread.health, "word": word, "days": one.days, "quiet_text": quiet,
    }  # fmt: skip


def _thread(one: status.Thread, names: dict[int, str], at: dt.datetime) -> dict[str, Any]:
    return {
        "title": one.last.title,
        "health": one.health,
        "word": one.last.get_state_display(),
        "services": [names[pk] for pk in sorted(one.services) if pk in names],
        "began_at": one.began_at,
        "ended_at": one.ended_at,
        "next_text": _next_update(one.last, at) if one.is_open else "",
        "words": [
            {"at": word.published_at, "word": word.get_state_display(), "text": word.text}
            for word in one.words
        ],
    }
