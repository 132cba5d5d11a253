"""The first page: what is wrong, one question, what waits for this person, what he asked for."""

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import landing
from accounts.models import Person
from incidents.choices import KIND
from portal import agreements, frame, often, queries, showing, words
from slas import promising
from tickets.choices import Phase

HOME_ROWS = 5
PROMISE_SECONDS = 60


@require_safe
@frame.door
def home(request: HttpRequest) -> HttpResponse:
    """One question first, then what waits for this person, then what he asked for."""
    if landing.home_of(request.actor) != reverse("portal:home") and not request.actor.persons:
        return redirect(landing.home_of(request.actor))
    rows = queries.for_home(request.actor, request.customer, request.at)
    unfinished = sorted((one for one in rows if one.phase != Phase.CLOSED), key=lambda one: -one.pk)
    cards = agreements.waiting(request)
    cards += [showing.turn(one, one.said, request.at) for one in rows if queries.is_turn(one, request.actor)]
    cards += [showing.question(one) for one in rows if one.phase == Phase.CLOSED]
    person = next((one for one in request.persons if one.customer == request.customer), None)
    return frame.page(
        request,
        "portal/home.html",
        "home",
        call_name=_call_name(person),
        search_url=reverse("portal:search"),
        hits_url=reverse("portal:hits"),
        often=_often(request),
        report={"url": reverse("portal:report"), "text": _promise(request)},
        waiting=cards[: queries.MOST_WAITING],
        requests=[showing.line(one, request.actor, request.at) for one in unfinished[:HOME_ROWS]],
        all_url=reverse("portal:requests"),
        all_text=_("All of them"),
        is_known=bool(request.persons),
        offerings=None,
        articles=None,
    )


def _call_name(person: Person | None) -> str:
    return (person.call_name or words.first_name(person.name)) if person else ""


def _often(request: HttpRequest) -> list[dict[str, str]]:
    url = reverse("portal:search")
    return [{"label": one, "url": f"{url}?q={one}"} for one in often.asked(request.customer, request.at)]


def _promise(request: HttpRequest) -> str:
    """When somebody is there, as the desk says it, and by when he answers, as the agreement does; nobody's hope."""
    desk = frame.help_line(request)
    parts = [
        _("The desk is open %(hours)s.") % {"hours": desk["hours"]}
        if desk["hours"]
        else _("Write at any time.")
    ]
    answer_at = _first_answer(request)
    if answer_at:
        parts.append(_("A first answer comes by %(when)s.") % {"when": ahead(answer_at, request.at)})
    if desk["phone"]:
        parts.append(_("If it cannot wait, call %(phone)s.") % {"phone": desk["phone"]})
    return " ".join(parts)


def ahead(at: dt.datetime, now: dt.datetime) -> str:
    """A coming instant in the reader's zone: "14:30 today", else "Tue 24 Nov 09:00"."""
    there = timezone.localtime(at)
    if there.date() == timezone.localtime(now).date():
        return _("%(hour)s today") % {"hour": formats.date_format(there, "H:i")}
    return words.day_and_hour(at)


def _first_answer(request: HttpRequest) -> dt.datetime | None:
    """As agreed, reckoned once a minute for each customer."""
    customer = request.customer
    if customer is None:
        return None
    place = f"promise:{connection.settings_dict['NAME']}:{customer.pk}"
    kept: Any = cache.get(place)
    if kept is None:
        kept = promising.first_answer_by(customer, KIND, request.at) or ""
        cache.set(place, kept, PROMISE_SECONDS)
    return kept or None
