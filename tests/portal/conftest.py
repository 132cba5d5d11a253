"""Visitors of the portal: browsers that are signed in, against a town whose scope the test has left again."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from accounts.models import Person, User
from core import time
from core.actor import ALL
from customers import scoping
from tests.places import NOON, World, build_world, report
from tickets.models import Ticket

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
