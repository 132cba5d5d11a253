"""The description of the API to read: made from the same document as the schema, without a script."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from api import schema

_BODY = "application/json"


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    summary: str
    parameters: list[dict[str, Any]]
    body: list[dict[str, Any]]
    answers: list[tuple[str, str]]
    anchor: str


@dataclass
class Section:
    """One resource."""

    name: str
    operations: list[Operation] = field(default_factory=list)


def page(request: HttpRequest) -> HttpResponse:
    """GET /api/docs/: every resource with its methods, parameters, fields and answers."""
    if not schema.is_open(request):
        return redirect_to_login(request.get_full_path())
    document = schema.document()
    return render(request, "api/docs.html", {"sections": _sections(document), "info": document["info"]})


def _sections(document: dict[str, Any]) -> list[Section]:
    found: dict[str, Section] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name = operation.get("tags", ["api"])[0]
            section = found.setdefault(name, Section(name))
            section.operations.append(_operation(document, path, method, operation))
    return list(found.values())


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation.get("description", "").split("\n\n")[0],
        parameters=[_parameter(one) for one in operation.get("parameters", [])],
        body=_fields(document, operation.get("requestBody", {})),
        answers=[
            (status, one.get("description", "")) for status, one in sorted(operation["responses"].items())
        ],
        anchor=operation["operationId"],
    )


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "place": one["in"],
        "type": _type(one.get("schema", {})),
        "words": one.get("description", ""),
    }


def _fields(document: dict[str, Any], body: dict[str, Any]) -> list[dict[str, Any]]:
    content = next(iter(body.get("content", {}).values()), {}).get("schema", {})
    shape = _resolved(document, content)
    required = shape.get("required", [])
    return [
        {
            "name": name,
            "type": _type(_resolved(document, one)),
            "is_required": name in required,
            "words": one.get("description", ""),
        }
        for name, one in shape.get("properties", {}).items()
    ]


def _resolved(document: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    reference = shape.get("$ref", "")
    return document["components"]["schemas"].get(reference.rpartition("/")[2], shape) if reference else shape


def _type(shape: dict[str, Any]) -> str:
    if "enum" in shape:
        return ", ".join(str(one) for one in shape["enum"] if one not in (None, ""))
    kind = shape.get("type", "object")
    kinds = [kind] if isinstance(kind, str) else list(kind)
    if "array" in kinds:
        return f"list of {_type(shape.get('items', {}))}"
    return " or ".join(shape.get("format", one) if one == "string" else one for one in kinds)
