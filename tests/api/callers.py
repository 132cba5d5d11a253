"""Programs that tests act as: one per person, with a token, through the real middleware."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts import tokens
from accounts.models import Person, ServiceAccount, User
from journal.models import Entry
from tests.places import NOON
from tickets.models import Message, Ticket

BASE = "/api/v1"


class Caller:
    """A program that calls the API with one token; `answer.json()` is what it reads."""

    def __init__(
        self, holder: User | Person | ServiceAccount, *, scopes: tuple[str, ...] = ("admin",)
    ) -> None:
        owner = holder.user if isinstance(holder, Person) else holder
        _row, self.secret = tokens.issue(owner, name="test", scopes=scopes, at=NOON, days=366)
        self.client = Client(raise_request_exception=False)

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> HttpResponse:
        data = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        named = {
            "authorization": f"Bearer {self.secret}",
            **{key.replace("_", "-"): one for key, one in headers.items()},
        }
        content_type = named.pop("content-type", "application/json")
        address = path if path.startswith(("/", "http")) else f"{BASE}/{path}"
        return self.client.generic(method, address, data, content_type=content_type, headers=named)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.call("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.call("DELETE", path, **headers)


PROBLEM = "application/problem+json"


def refused(answer: HttpResponse, status: int, code: str) -> dict:
    """The problem document, once it is the one that was expected."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    found = answer.json()
    assert (found["status"], found["code"]) == (status, code)
    assert found["request_id"] == answer["X-Request-Id"]
    assert found["type"] == f"urn:clause8:problem:{code}"
    return found


def rows() -> tuple[int, int, int]:
    """How many tickets, entries and messages there are."""
    return Ticket.objects.count(), Entry.objects.count(), Message.objects.count()
