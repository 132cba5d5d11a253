"""A statement that is put together once asks for what each caller gives, and for nothing that he may not see."""

import dataclasses

import pytest

from core.actor import ALL, NORMAL, Actor
from customers import prepared, scoping
from tests.places import World, report
from tickets import queries
from tickets.models import Ticket


def test_each_call_asks_with_its_own_values(world: World) -> None:
    statement = prepared.Statement(lambda ticket, title: Ticket.objects.filter(pk=ticket, title=title))
    one, other = report(world.acme, title="One"), report(world.beta, title="Other 2000000000")
    with scoping.scope(ALL):
        for ticket in (one, other, one):
            assert statement.read(ticket=ticket.pk, title=ticket.title) == [ticket]
        assert statement.read(ticket=one.pk, title=other.title) == []
        assert statement.read(ticket=one.pk, title="'; --") == []


def test_lists_of_every_length_are_statements_of_their_own(world: World) -> None:
    statement = prepared.Statement(lambda ids: Ticket.objects.filter(pk__in=ids).order_by("id"))
    keys = [report(world.acme).pk for _ in range(3)]
    with scoping.scope(ALL):
        for many in (1, 3, 2, 3):
            assert [one.pk for one in statement.read(ids=keys[:many])] == keys[:many]


@pytest.mark.django_db
def test_outside_a_scope_it_refuses_like_any_manager_once_it_was_put_together_too() -> None:
    statement = prepared.Statement(lambda ticket: Ticket.objects.filter(pk=ticket))
    with scoping.scope(ALL):
        assert statement.read(ticket=1) == []
    with pytest.raises(scoping.NoScope):
        statement.read(ticket=1)


def test_a_statement_that_one_actor_put_together_shows_the_next_one_his_own_alone(world: World) -> None:
    agent, ticket = world.actor(world.agent), report(world.acme)
    foreign = dataclasses.replace(agent, customers=frozenset({world.beta.customer.pk}))
    own = dataclasses.replace(agent, customers=frozenset({world.acme.customer.pk}))
    nobody = dataclasses.replace(agent, customers=frozenset())

    def found(actor: Actor) -> list[Ticket | None]:
        with scoping.scope(ALL, compartments=(NORMAL,)):  # so that the statement itself must tell them apart
            return [queries.find_numbered(ticket.number.lower(), actor), queries.find(ticket.pk, actor)]

    for actor, expected in ((agent, ticket), (foreign, None), (own, ticket), (foreign, None), (nobody, None)):
        assert found(actor) == [expected, expected]
    assert found(dataclasses.replace(agent, compartments=frozenset({77}))) == [None, None]
