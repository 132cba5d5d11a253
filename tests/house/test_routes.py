"""Every address, tried as everybody, with the other customer's records in it: nothing of them comes out or changes.

Two customers of the same shape; every text of theirs carries a canary. The people of Acme (and the anonymous, a token,
a service account) try each address of the product with each method and Beta's numbers, slugs and ids. The expectation
of each address stands in tests/house/routes.py; an address without one fails the build.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import tokens
from accounts.models import Grant, ServiceAccount
from accounts.roles import Role
from core import time
from customers import ALL, scope
from tests.house import models as house
from tests.house import places_of_routes, routes
from tests.house import worlds as filling
from tests.places import NOON, World, build_world
from tickets.models import Attachment, Message, Upload

CANARY = b"canary-beta"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
WRITING = ("get", "post", "patch", "delete")  # what a view answers; the rest is the same for everybody
PEOPLE_METHODS = {
    "requester": WRITING,
    "colleague": ("get", "post"),
    "manager": ("get", "post"),
    "token": WRITING,
    "service account": ("get", "post", "patch"),
    "expired token": ("get", "post"),
}
PEOPLE = (
    "anonymous",
    "requester",
    "colleague",
    "manager",
    "agent",
    "token",
    "service account",
    "expired token",
)


@dataclass
class Worlds:
    """Both sides, what stands in Beta's addresses, and how each principal of Acme signs in."""

    world: World
    values: dict[str, object]
    headers: dict[str, dict[str, str]]

    def client(self, who: str) -> Client:
        client = Client(HTTP_HOST="localhost", raise_request_exception=False)
        if who in ("requester", "colleague", "manager"):
            client.force_login(getattr(self.world.acme, who).user)
        elif who == "agent":
            client.force_login(self.world.acme.agent)
        return client


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address as the pattern that Django has of it."""
    for one in (resolver or get_resolver()).url_patterns:
        full = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, full)
        else:
            yield full, one


ADDRESSES = {routes.plain(pattern): one for pattern, one in addresses()}
OURS = sorted(name for name in ADDRESSES if not name.startswith(routes.LIBRARIES))


@pytest.fixture
def worlds(db: None) -> Worlds:
    """The two customers, Beta with a ticket, message, note, file and people; no scope stays open."""
    with time.frozen(NOON), scope(ALL, caller="user:0"):
        world = build_world()
        theirs, now = filling.fill(world)["beta"], dt.datetime.now(dt.UTC)
        file = _file(theirs)
        account = ServiceAccount.objects.create(name="Monitoring", owner=world.lead)
        Grant.objects.create(service_account=account, role=Role.AGENT, customer=world.acme.customer)
        acme = world.acme.agent
        secrets = {
            "token": tokens.issue(acme, name="t", scopes=["admin"], at=now)[1],
            "service account": tokens.issue(account, name="t", scopes=["admin"], at=now)[1],
            "expired token": tokens.issue(
                acme, name="old", scopes=["admin"], at=now - dt.timedelta(days=9), days=1
            )[1],
        }
        values = places_of_routes.values_of(world.beta, theirs, file)
    return Worlds(
        world, values, {name: {"HTTP_AUTHORIZATION": f"Bearer {one}"} for name, one in secrets.items()}
    )


def _file(ticket) -> Attachment:
    message = Message.objects.filter(ticket=ticket).first()
    return Attachment.objects.create(
        customer_id=ticket.customer_id, ticket=ticket, message=message, audience="public", name="canary-beta.txt",
        content_type="text/plain", size=3, sha256="0" * 64, storage_key=f"attachments/{uuid.uuid4().hex}",
        created_at=NOON,
    )  # fmt: skip


def filled(pattern: str, values: dict[str, object]) -> str:
    """The address with Beta's values in the places of its parameters."""
    path = pattern
    for place in routes.PLACES.findall(pattern):
        converter, _colon, name = place.rpartition(":")
        value = values.get(
            f"{pattern.partition('<')[0]}{name}", values.get(name, values.get(converter or "str"))
        )
        path = path.replace(f"<{place}>", str(value), 1)
    return "/" + path


def beta_rows(world: World) -> str:
    """A fingerprint of everything that is Beta's."""
    digest = hashlib.sha256()
    with scope(ALL), connection.cursor() as cursor:
        for model in house.of(house.Ownership.OWNED, house.Ownership.SHARED):
            table, column = (
                model._meta.db_table,
                "id" if model._meta.label == "customers.Customer" else "customer_id",
            )
            cursor.execute(
                f"SELECT coalesce(string_agg(t::text, '|' ORDER BY t::text), '') FROM {table} t WHERE {column} = %s",  # noqa: S608
                [world.beta.customer.pk],
            )
            digest.update(cursor.fetchone()[0].encode())
    return digest.hexdigest()


def ask(worlds: Worlds, who: str, method: str, path: str, body: dict) -> object:
    client, headers = worlds.client(who), worlds.headers.get(who, {})
    if method in ("get", "head", "options"):
        return getattr(client, method)(path, **headers)
    if path.startswith("/api/"):
        return getattr(client, method)(path, body, content_type="application/json", **headers)
    return getattr(client, method)(
        path,
        {key: one for key, one in body.items() if not isinstance(one, dict | list)}
        if method == "post"
        else b"",
        **headers,
    )


def test_every_address_has_an_expectation_and_every_expectation_an_address():
    assert [one for one in OURS if one not in routes.EXPECTED] == []
    assert [one for one in routes.EXPECTED if one not in ADDRESSES] == []


@pytest.mark.parametrize("who", PEOPLE)
def test_nothing_of_another_customer_comes_out_or_changes(worlds: Worlds, who: str):
    before, mails = beta_rows(worlds.world), len(mail.outbox)
    wrong = []
    for pattern in OURS:
        path = filled(pattern, worlds.values)
        for method in PEOPLE_METHODS.get(who, METHODS):
            answer = ask(worlds, who, method, path, places_of_routes.body_of(worlds.values))
            body = b"" if answer.streaming else answer.content
            expected = routes.expected(pattern, who, method)
            if answer.status_code not in expected:
                wrong.append(f"{method} {path}: {answer.status_code}, not {sorted(expected)}")
            said = b" ".join(f"{name}: {value}".encode() for name, value in answer.items())
            if CANARY in body or CANARY in said:
                wrong.append(f"{method} {path}: shows {CANARY.decode()}")
    assert wrong == []
    assert beta_rows(worlds.world) == before
    assert [one for one in mail.outbox[mails:] if CANARY.decode() in str(one.message())] == []


def test_an_unseen_number_and_one_that_was_never_given_get_the_same_answer(worlds: Worlds):
    for pattern in OURS:
        if "<number>" not in pattern or not pattern.startswith("api/"):
            continue
        seen = [
            ask(worlds, "token", "get", filled(pattern, {**worlds.values, "number": number}), {})
            for number in (worlds.values["number"], "INC-999999")
        ]
        bodies = [
            {key: one for key, one in answer.json().items() if key != "request_id"}
            if answer.status_code == 404
            else None
            for answer in seen
        ]
        assert (seen[0].status_code, bodies[0]) == (seen[1].status_code, bodies[1]), pattern


def test_every_model_of_a_customer_has_rows_in_the_world_that_is_tried(worlds: Worlds):
    with scope(ALL):
        silent = [
            model._meta.label
            for model in house.of(house.Ownership.OWNED)
            if not model._meta.label.startswith(routes.NOT_IN_THE_WORLD) and not model._base_manager.exists()
        ]
    assert silent == []
    assert apps.get_model("tickets", "Upload") is Upload
