"""The floors: a bare list page, a bare JSON list and a bare INSERT, each with its session or token and nothing else."""

import hashlib
import json

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Token
from tickets.choices import OPEN_PHASES
from tickets.models import Ticket

COLUMNS = ("id", "number", "title", "state", "priority", "opened_at", "due_at", "updated_at")


def _rows():
    return Ticket._base_manager.filter(phase__in=OPEN_PHASES).order_by("due_key", "id").only(*COLUMNS)[:50]


def _holder(request: HttpRequest) -> Token:
    """The token of the header, looked up and compared as it must be."""
    text = request.headers["Authorization"].removeprefix("Bearer ")
    row = Token.objects.select_related("user", "service_account").get(
        prefix=text.removeprefix("c8_").partition("_")[0]
    )
    assert row.digest == hashlib.sha256(text.encode()).hexdigest()
    return row


@login_required
def floor(request: HttpRequest) -> HttpResponse:
    """Session, sign-in, one SELECT of eight columns, one loop of a template."""
    return render(request, "floor.html", {"rows": _rows()})


def as_json(request: HttpRequest) -> HttpResponse:
    """The same rows by token, as JSON."""
    _holder(request)
    return JsonResponse({"results": [{name: getattr(row, name) for name in COLUMNS} for row in _rows()]})


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    """One row by token: no clock, no history, no journal, no rule."""
    with transaction.atomic():
        _holder(request)
        given, now = json.loads(request.body), timezone.now()
        row = Ticket(
            customer_id=given["customer_id"], kind="incident", number=given["number"], title=given["title"],
            state="new", phase="open", impact=2, urgency=2, priority=3, opened_at=now, updated_at=now,
        )  # fmt: skip
        Ticket._base_manager.bulk_create([row])  # past the signals that would write history
    return JsonResponse(
        {"id": row.pk, "number": row.number, "title": row.title, "opened_at": row.opened_at}, status=201
    )


urlpatterns = [
    path("floor/", floor, name="floor"),
    path("floor/json/", as_json),
    path("floor/insert/", insert),
]
