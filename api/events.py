"""The feed for programs: what happened, in an order that never changes, from a cursor on. At least once, none missed.

`wait` is honoured by the process behind the streams (live/waiting.py), which holds no database connection meanwhile; a
process of the pages answers at once.
"""

import base64
import binascii
import datetime as dt
import json
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import actors
from core import errors
from core.rest import doors, pages
from core.rest.fields import reference
from core.rest.records import Record
from journal import positions
from journal.models import Entry, Position, audiences_of
from live.news import Watcher
from tickets import processes
from tickets.api import records
from tickets.models import Ticket

LONGEST_WAIT_SECONDS = 25
MOST_NAMES = 50
NOW = "now"  # ?after=now: nothing of the past, and the cursor to go on from


class FeedRecord(records.EntryRecord):
    """One thing that happened, as a program reads it."""

    version = serializers.IntegerField(help_text="Of this kind of entry's data.")
    subject = serializers.SerializerMethodField(help_text="{kind, id, key}: a ticket's key is its number.")
    customer = serializers.SerializerMethodField(help_text="{key, name}.")

    def get_subject(self, row: Entry) -> dict[str, Any]:
        return {"kind": row.subject_kind, "id": row.subject_id, "key": row.subject_label}

    def get_customer(self, row: Entry) -> dict[str, Any] | None:
        return reference(row.customer)


class FeedPage(Record):
    """A stretch of the feed."""

    results = FeedRecord(many=True)
    cursor = serializers.CharField(help_text="Give it as `after` next time, whether anything came or not.")
    more = serializers.BooleanField(help_text="Whether more is there already.")


class Events(doors.Door):
    """What happened, oldest first."""

    resource = "events"
    model = Entry
    record = FeedRecord
    parameters = ("after", "name", "wait", "page_size")
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        responses=FeedPage,
        parameters=[
            OpenApiParameter(
                "after", str, description="A cursor of before; `now`; nothing: all that is kept."
            ),
            OpenApiParameter("name", str, description="incident.opened; commas = or."),
            OpenApiParameter("wait", int, description="Seconds to wait for something new, 0 to 25."),
            OpenApiParameter("page_size", int, description="1 to 100."),
        ],
    )
    def show(self, request: Request) -> Response:
        """The next stretch of the feed: kept for 90 days, then 410 `cursor_expired`."""
        size, names = pages.size_of(request.GET), self._names("name")
        self._check(names)
        after = self._after(request.GET.get("after", ""))
        horizon = positions.place(actors.system("feed"))
        rows = [] if after is None else list(self._rows(names, after, horizon)[: size + 1])
        more, rows = len(rows) > size, rows[:size]
        self._tell_who_waits()
        place = rows[-1].position if more else horizon
        found = self.represent([one.entry for one in rows])
        return Response({"results": found, "cursor": _cursor(max(place, after or 0), self.at), "more": more})

    def _rows(self, names: list[str], after: int, horizon: int) -> QuerySet:
        """Places behind the cursor whose entries this caller may see now."""
        actor = self.actor
        rows = Position.objects.of_customers(actor).filter(position__gt=after, position__lte=horizon)
        rows = rows.filter(compartment__in=actor.compartments).select_related("entry__customer")
        seen = Q(entry__subject_kind__in=[one.kind for one in processes.every()])
        if not actor.is_inside:
            own = Ticket.objects.visible_to(actor).values("id")
            said = audiences_of(actor)
            rows = rows.filter(seen, entry__audience__in=said, entry__subject_id__in=own)
        elif not actor.may("settings.read"):
            rows = rows.filter(seen)
        if names:
            rows = rows.filter(entry__name__in=names)
        return rows.order_by("position")

    def _check(self, names: list[str]) -> None:
        wait = self.request.GET.get("wait", "0")
        if not wait.isdecimal() or len(wait) > 2 or int(wait) > LONGEST_WAIT_SECONDS:
            raise pages.malformed(
                "wait", _("Wait 0 to %(most)s whole seconds.") % {"most": LONGEST_WAIT_SECONDS}
            )
        if len(names) > MOST_NAMES:
            raise pages.malformed("name", _("Give at most %(most)s names.") % {"most": MOST_NAMES})

    def _after(self, cursor: str) -> int | None:
        """The place to go on from; None for "now". Raises Malformed, Expired."""
        if cursor == NOW:
            return None
        if not cursor:
            return 0
        place, given_at = _read(cursor)
        if given_at < self.at - positions.KEPT or place > positions.newest():
            raise errors.Expired(_("What came after this cursor is kept no longer: start without one."))
        return place

    def _tell_who_waits(self) -> None:
        """Leave behind whose news to wait for, where the process of the streams asked."""
        asked = getattr(self.request, "scope", {})
        if "watchers" in asked:
            actor = self.actor
            asked["watchers"].append(Watcher(actor.user_id or 0, actor.customers, actor.compartments))


def _cursor(place: int, at: dt.datetime) -> str:
    raw = json.dumps([place, int(at.timestamp())], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[int, dt.datetime]:
    try:
        place, at = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if type(place) is int and type(at) is int and 0 <= place < 2**63:
            return place, dt.datetime.fromtimestamp(at, dt.UTC)
    except (binascii.Error, ValueError, TypeError, OverflowError, OSError, RecursionError) as error:
        raise _damaged() from error
    raise _damaged()


def _damaged() -> errors.Malformed:
    return pages.malformed("after", _("The cursor is damaged: start again without one."))
