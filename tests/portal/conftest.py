"""Visitors of the portal: browsers that are signed in, against a town whose scope the test has left again."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from accounts.models import Person, User
from core import time
from core.actor import ALL
from customers import scoping
from journal.models import Delivery, Entry
from tests.places import NOON, World, build_world, report
from tickets import verbs
from tickets.models import Attachment, Message, Ticket

Visitor = Callable[[Person | User], Client]


@pytest.fixture
def town(db: None) -> Iterator[World]:
    """The world at noon, with no scope open: what a request finds."""
    with time.frozen(NOON):
        with scoping.scope(ALL):
            made = build_world()
        yield made


@pytest.fixture
def visitor(town: World) -> Visitor:
    """A browser in which this login, or this person's, is signed in."""

    def sign_in(who: Person | User) -> Client:
        client = Client()
        client.force_login(who if isinstance(who, User) else who.user)
        return client

    return sign_in


@pytest.fixture
def fault(town: World) -> Ticket:
    """An incident of Acme's requester."""
    with scoping.scope(ALL):
        return report(town.acme)


@pytest.fixture
def by_desk(town: World) -> Callable[..., Ticket]:
    """Carry out a verb as the desk's agent, by the action behind its button."""

    def run(ticket: Ticket, verb: str, **raw: object) -> Ticket:
        with scoping.scope(ALL):
            return verbs.run(ticket, verb, raw, by=town.actor(town.agent), at=NOON)

    return run


def now(ticket: Ticket) -> Ticket:
    """The ticket as the database holds it."""
    with scoping.scope(ALL):
        return Ticket.objects.get(pk=ticket.pk)


def rows() -> tuple[int, ...]:
    """How many tickets, messages, files, entries and deliveries there are: the same after a refusal."""
    with scoping.scope(ALL):
        return tuple(one.objects.count() for one in (Ticket, Message, Attachment, Entry, Delivery))
