"""How the code describes itself as OpenAPI 3.1: one description for programs, for people and for the snapshot."""

import functools
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.rest.permissions import HasScope

PROBLEM = "#/components/schemas/Problem"
REFUSALS = {
    "400": "Malformed: an unknown or invalid field, named",
    "401": "No valid sign-in",
    "403": "Not permitted",
    "404": "Nothing here, or not yours to see",
    "409": "Not allowed in this state, or a conflict",
    "412": "The record has changed: `record` is the present one",
    "413": "The body is too large",
    "422": "Refused by a rule",
    "429": "Too many requests",
}
_FOR_ALL = ("400", "401", "403", "404", "429")
_FOR_WRITES = (*_FOR_ALL, "409", "412", "413", "422")


class Schema(AutoSchema):
    """Says what the ground rules add to every operation: versions, keys, `fields` and `expand`, problem documents."""

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", "") or getattr(self.view, "resource", "") or "api"]

    def get_request_serializer(self) -> Any:
        shape = self.view.input_class() if hasattr(self.view, "input_class") else None
        if shape is None:
            return super().get_request_serializer() if self._is_overridden("get_request_serializer") else None
        return shape(partial=self.method == "PATCH")

    def get_response_serializers(self) -> Any:
        made = self.view.action == "create" if hasattr(self.view, "action") else False
        return {201: self.view.record} if made else super().get_response_serializers()

    def get_override_parameters(self) -> list[Any]:
        names = ["fields", *(["expand"] if getattr(self.view, "expansions", None) else [])]
        shared = [OpenApiParameter(name, str, description="Names, with commas.") for name in names]
        if self.method == "POST":
            shared.append(
                OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="Up to 255.")
            )
        if self.method in ("PATCH", "POST"):
            shared.append(
                OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The record's ETag.")
            )
        return shared

    def _is_overridden(self, name: str) -> bool:
        return getattr(type(self), name) is not getattr(Schema, name)


class CallerScheme(OpenApiAuthenticationExtension):
    """Both ways to sign in."""

    target_class = "api.authentication.Caller"
    name = ("token", "session")

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "Made in the profile; starts with c8_."},
            {
                "type": "apiKey",
                "in": "cookie",
                "name": settings.SESSION_COOKIE_NAME,
                "description": "With X-CSRFToken.",
            },
        ]


class ReferenceShape(OpenApiSerializerFieldExtension):
    """`{key, name}` out, the bare key in."""

    target_class = "core.rest.fields.Key"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        key = {"type": ["string", "integer"]}
        if direction == "request":
            return key
        return {
            "type": "object",
            "properties": {"key": key, "name": {"type": "string"}},
            "required": ["key", "name"],
        }


def finish(result: dict[str, Any], **_made_by: Any) -> dict[str, Any]:
    """Add the problem document, and name it on every operation."""
    result["components"]["schemas"]["Problem"] = _problem()
    for operations in result["paths"].values():
        for method, operation in operations.items():
            answers = operation["responses"]
            for status in _FOR_ALL if method == "get" else _FOR_WRITES:
                answers.setdefault(status, _refusal(status))
    return result


def _refusal(status: str) -> dict[str, Any]:
    return {
        "description": REFUSALS[status],
        "content": {"application/problem+json": {"schema": {"$ref": PROBLEM}}},
    }


def _problem() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("type", "title", "detail", "code", "request_id")}
    errors = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    return {
        "type": "object",
        "description": "A problem document (RFC 9457).",
        "properties": {**texts, "status": {"type": "integer"}, "errors": errors},
        "required": ["type", "title", "status", "detail", "code", "request_id"],
    }


@functools.cache
def document() -> dict[str, Any]:
    """The description of every route, made once per process."""
    return SchemaGenerator().get_schema(request=None, public=True)


def is_open(request: HttpRequest) -> bool:
    """Whether this request may read the description: signed in, or the installation shows it to all."""
    return settings.API_IS_DESCRIBED_TO_ALL or getattr(request, "actor", None) is not None


class MayRead(HasScope):
    def has_permission(self, request: Request, view: Any) -> bool:
        return is_open(request)


class Described(APIView):
    """GET /api/v1/schema/: OpenAPI 3.1 as JSON, or as YAML where that is accepted."""

    schema = None
    resource = "schema"
    permission_classes = (MayRead,)
    renderer_classes = (JSONRenderer, OpenApiYamlRenderer)

    def get(self, request: Request) -> Response:
        return Response(document())
