"""The REST door to "is it open already?": for forms and programs that are about to open a ticket."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from automation import similar
from catalogue.api import visible_services
from cmdb.models import ConfigurationItem
from core import time
from core.rest import doors, pages
from core.rest.fields import find, reference
from core.rest.records import Record
from customers.models import Customer
from tickets.models import Ticket

LONGEST = 2_000


class SimilarRecord(Record):
    """One open ticket that may be about the same."""

    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    service = serializers.DictField(allow_null=True, help_text="{key, name}.")
    reasons = serializers.ListField(child=serializers.CharField())


class SimilarTickets(doors.Door):
    """Open tickets of a customer that resemble a text, best first, with the reasons."""

    resource = "tickets"
    model = Ticket
    record = SimilarRecord
    parameters = ("customer", "q", "service", "configuration_item")
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        responses=SimilarRecord(many=True),
        parameters=[
            OpenApiParameter(
                "customer", str, description="Slug; may be left out where the caller sees one only."
            ),
            OpenApiParameter(
                "q", str, required=True, description="Subject and description as far as written."
            ),
            OpenApiParameter("service", str, description="Slug."),
            OpenApiParameter("configuration_item", int),
        ],
    )
    def show(self, request: Request) -> Response:
        """Look for open tickets that resemble this text. Changes nothing."""
        text = request.GET.get("q", "").strip()[:LONGEST]
        if not text:
            raise pages.malformed("q", _("Say what it is about."))
        service, item = self._service(), self._item()
        found = similar.find(
            self.actor, self._customer().pk, text, service_id=service, item_ids=[item] if item else [],
        )  # fmt: skip
        results = [self._shown(one) for one in found]
        return Response({"results": results, "next": None, "previous": None, "as_of": time.iso(self.at)})

    def known_parameters(self) -> set[str]:
        return set(self.parameters)

    def _customer(self) -> Customer:
        rows, slug = Customer.objects.visible_to(self.actor), self.request.GET.get("customer", "")
        known = list((rows.filter(slug=slug) if slug else rows)[:2])
        if len(known) != 1:
            sentence = (
                _("There is no customer “%(slug)s”.") % {"slug": slug[:60]}
                if slug
                else _("Say which customer.")
            )
            raise pages.malformed("customer", sentence)
        return known[0]

    def _service(self) -> int | None:
        slug = self.request.GET.get("service", "")
        found = find(visible_services(self.actor), "slug", slug) if slug else None
        if slug and found is None:
            raise pages.malformed("service", _("There is no service “%(slug)s”.") % {"slug": slug[:60]})
        return found.pk if found else None

    def _item(self) -> int | None:
        key = self.request.GET.get("configuration_item", "")
        found = find(ConfigurationItem.objects.visible_to(self.actor), "id", key) if key else None
        if key and found is None:
            raise pages.malformed("configuration_item", _("There is no such item."))
        return found.pk if found else None

    def _shown(self, one: similar.Similar) -> dict[str, Any]:
        row = one.ticket
        return {
            "number": row.number, "title": row.title, "state": row.state, "service": reference(row.service),
            "reasons": one.reasons,
        }  # fmt: skip
