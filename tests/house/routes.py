"""What is expected of every address, tried by somebody of Acme with Beta's records in it (tests/house/test_routes.py)."""

import re
from typing import Any

PLACES = re.compile(r"<([^>]+)>")
LIBRARIES = ("^static", "^media", "__", "static/", "account/")  # served by others, or before anybody is known

# Statuses by what an address is.
REFUSED = {401, 403, 404, 405}
FOREIGN = {301, 302, 404, 405}  # names one record: it does not exist, or sign in first
LIST = {
    200,
    201,
    202,
    204,
    301,
    302,
    400,
    401,
    403,
    404,
    405,
    409,
    415,
    422,
}  # no record in it: nothing of Beta shows
OPEN = {200, 301, 302, 400, 404, 405, 503}  # for everybody

NOT_IN_THE_WORLD: tuple[str, ...] = ()

EXPECTED: dict[str, set[int]] = {}


def expected(pattern: str, who: str, method: str) -> set[int]:
    """The statuses that are right for this principal and method."""
    found = EXPECTED.get(pattern, set())
    if who in ("anonymous", "expired token"):
        return found | {302, 401, 403, 405}
    return found | {405} | ({200} if method == "options" and pattern.startswith("api/") else set())


def values_of(side: Any, ticket: Any, file: Any) -> dict[str, object]:
    """What stands in the places of an address: by name, then by converter."""
    return {
        "number": ticket.number,
        "slug": side.customer.slug,
        "pk": ticket.pk,
        "id": file.pk,
        "verb": "note",
        "str": ticket.number,
        "int": ticket.pk,
    }


def body_of(values: dict[str, object]) -> dict[str, Any]:
    """A body that names Beta's records wherever a field may."""
    return {
        "body": "x",
        "customer": "beta",
        "title": "x",
        "number": values["number"],
        "requester": values["pk"],
    }
