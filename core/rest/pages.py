"""Lists: filtered by known names, ordered by known columns, paged by key."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import BasePagination

from core import errors, pagination

SIZE, LARGEST_SIZE = 50, 100
COUNT_EXACTLY = 1_000
CONTROLS = ("cursor", "page_size", "count", "ordering")


def size_of(params: Mapping[str, str]) -> int:
    """How many rows a page holds: 50, or what the caller says up to 100. Raises Malformed."""
    given = params.get("page_size", str(SIZE))
    if not given.isdecimal() or len(given) > 6 or not 1 <= int(given) <= LARGEST_SIZE:
        raise malformed("page_size", _("A page holds 1 to %(most)s rows.") % {"most": LARGEST_SIZE})
    return int(given)


def wants_count(params: Mapping[str, str]) -> bool:
    """Whether the caller asked for an estimate of the length. Raises Malformed."""
    if params.get("count", "estimate") != "estimate":
        raise malformed("count", _("Only count=estimate is answered."))
    return "count" in params


def estimate(rows: QuerySet) -> int:
    """The length of a list: exact while short, the planner's guess beyond."""
    exact = rows.order_by()[: COUNT_EXACTLY + 1].count()
    if exact <= COUNT_EXACTLY:
        return exact
    return max(exact, pagination.planned(rows))


def page(rows: QuerySet, order: tuple[str, ...], params: Mapping[str, str]) -> pagination.Page:
    """One page of rows. Raises Malformed for a cursor that was not given out here."""
    return pagination.paginate(
        rows, pagination.keys(*order), cursor=params.get("cursor"), size=size_of(params)
    )


def url(request: HttpRequest, cursor: str | None) -> str | None:
    """The address of the page at this cursor, with everything else as it was asked."""
    if cursor is None:
        return None
    params = {name: value for name, value in request.GET.items() if name != "cursor"}
    return request.build_absolute_uri(f"{request.path}?{urlencode({**params, 'cursor': cursor})}")


def malformed(name: str, sentence: str) -> errors.Malformed:
    """The refusal for one parameter."""
    return errors.Malformed(sentence, errors={name: [sentence]})


class Narrowing(BaseFilterBackend):
    """Hands the list to the door's own `narrow`, and tells the schema which names there are."""

    def filter_queryset(self, request: Any, queryset: QuerySet, view: Any) -> QuerySet:
        return view.narrow(queryset)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = [*view.filters, *(["ordering"] if view.orderings else []), *view.extra_parameters()]
        return [_parameter(name, {"type": "string"}) for name in names]


class KeyPages(BasePagination):
    """Describes the envelope of a list to the schema; `Door.list` builds it."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous", "as_of"],
            "properties": {
                "results": schema,
                "next": address,
                "previous": address,
                "count": {"type": "integer", "description": "Only with ?count=estimate."},
                "as_of": {"type": "string", "format": "date-time"},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter("cursor", {"type": "string"}),
            _parameter(
                "page_size", {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": SIZE}
            ),
            _parameter("count", {"type": "string", "enum": ["estimate"]}),
        ]


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def narrowed(rows: QuerySet, filters: Mapping[str, Any], params: Mapping[str, str], actor: Any) -> QuerySet:
    """`rows` by every filter named; a filter is `(value, actor) -> Q` and raises ValueError with a sentence."""
    wrong: dict[str, list[str]] = {}
    for name, value in params.items():
        if name not in filters:
            continue
        try:
            found: Q = filters[name](value, actor)
            rows = rows.filter(found)
        except ValueError as error:
            wrong[name] = [str(error)]
    if wrong:
        raise errors.Malformed(
            _("These filters are wrong: %(names)s.") % {"names": ", ".join(wrong)}, errors=wrong
        )
    return rows
