"""Ranked search over the rooms: a number or reference first, then tickets by their words, then people."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Person, email_key
from core import time
from core.rest import doors, pages
from core.rest.fields import reference
from core.rest.records import Record
from tickets import queries
from tickets.models import ExternalReference, Ticket

KINDS = ("tickets", "people")
MOST_TICKETS = 100


class HitRecord(Record):
    """One thing that was found."""

    kind = serializers.CharField(help_text="A kind of ticket, or person.")
    key = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField(allow_null=True)
    customer = serializers.DictField(help_text="{key, name}.")


class Search(doors.Door):
    """What the caller may see, best first."""

    resource = "search"
    model = Ticket
    record = HitRecord
    parameters = ("q", "kind", "page_size")
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        responses=HitRecord(many=True),
        parameters=[
            OpenApiParameter("q", str, required=True, description='Words = and, "a phrase", -not.'),
            OpenApiParameter("kind", str, description="tickets, people; with commas."),
            OpenApiParameter("page_size", int, description="At most so many of each."),
        ],
    )
    def show(self, request: Request) -> Response:
        """Search tickets and people."""
        words, size = request.GET.get("q", "").strip(), pages.size_of(request.GET)
        if not words:
            raise pages.malformed("q", _("Say what to look for."))
        kinds = self._kinds()
        tickets = [_ticket_hit(one) for one in self._tickets(words)[:size]] if "tickets" in kinds else []
        people = [_person_hit(one) for one in self._people(words)[:size]] if "people" in kinds else []
        found = {"results": tickets + people, "next": None, "previous": None, "as_of": time.iso(self.at)}
        return Response(found)

    def known_parameters(self) -> set[str]:
        return set(self.parameters)

    def _kinds(self) -> Sequence[str]:
        asked = [one for one in self.request.GET.get("kind", "").split(",") if one] or KINDS
        self._refuse("kind", [one for one in asked if one not in KINDS], KINDS)
        return asked

    def _tickets(self, words: str) -> list[Ticket]:
        """Exact numbers and references first, then by weight."""
        rows = Ticket.objects.visible_to(self.actor).select_related("customer")
        references = ExternalReference.objects.of_customers(self.actor).filter(reference=words)
        exact = list(rows.filter(Q(number=words.upper()) | Q(id__in=references.values("ticket_id")))[:10])
        ids = queries.search_ids(words, self.actor, most=MOST_TICKETS)
        by_id = {one.pk: one for one in rows.filter(id__in=ids)}
        ranked = [by_id[pk] for pk in ids if pk in by_id]
        return [*exact, *(one for one in ranked if one not in exact)]

    def _people(self, words: str) -> QuerySet:
        named = Q(email_key=email_key(words)) | Q(name__icontains=words)
        return (
            Person.objects.visible_to(self.actor)
            .filter(named)
            .select_related("customer")
            .order_by("name", "id")
        )


def _ticket_hit(one: Ticket) -> dict[str, Any]:
    shown = {"kind": one.kind, "key": one.number, "title": one.title, "state": one.state}
    return {**shown, "customer": reference(one.customer)}


def _person_hit(one: Person) -> dict[str, Any]:
    return {
        "kind": "person",
        "key": str(one.pk),
        "title": one.name,
        "state": None,
        "customer": reference(one.customer),
    }
