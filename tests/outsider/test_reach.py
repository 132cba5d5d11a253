"""The outsider with a role: what a role at one customer must never open at another."""

import pytest

from accounts import actions as accounts
from accounts import actors, service_accounts
from accounts.models import Grant
from accounts.roles import Role
from core import errors
from customers import scoping
from tests.places import NOON, SYSTEM, World, report
from tickets.models import Message, Ticket


@pytest.fixture
def acme_administrator(world: World):
    """An administrator whose role reaches no further than Acme."""
    accounts.grant(world.acme.agent, Role.ADMINISTRATOR, by=SYSTEM, at=NOON, customer=world.acme.customer)
    return world.actor(world.acme.agent)


@pytest.fixture
def acme_program(world: World):
    """A program of Acme's, which sees Acme alone."""
    program = service_accounts.create("Acme monitoring", owner=world.acme.agent, by=SYSTEM, at=NOON)
    accounts.grant(program, Role.AGENT, by=SYSTEM, at=NOON, customer=world.acme.customer)
    return program


def test_the_administrator_of_one_customer_gives_nobody_a_role_beyond_it(
    world: World, acme_administrator, acme_program
) -> None:
    before = list(Grant.objects.order_by("id").values_list("id", flat=True))
    for holder in (acme_program, world.acme.agent):
        for customer in (None, world.beta.customer, world.acme.customer):
            with pytest.raises(errors.Forbidden):
                accounts.grant(holder, Role.AGENT, by=acme_administrator, at=NOON, customer=customer)
    assert list(Grant.objects.order_by("id").values_list("id", flat=True)) == before


def test_logins_and_programs_are_kept_by_who_keeps_them_for_all_customers(
    world: World, acme_administrator, acme_program
) -> None:
    given = {"by": acme_administrator, "at": NOON}
    for attempt in (
        lambda: accounts.create_user("new@acme.example", "New", **given),
        lambda: accounts.change_user(world.beta.agent, fields={"is_active": False}, **given),
        lambda: accounts.revoke(Grant.objects.get(user=world.beta.agent), **given),
        lambda: accounts.admit(world.acme.colleague, Role.CUSTOMER_MANAGER, **given),
        lambda: service_accounts.issue_token(acme_program, name="mine", scopes=["admin"], **given),
        lambda: accounts.change_installation(fields={"name": "Mine"}, **given),
    ):
        with pytest.raises(errors.Forbidden):
            attempt()


def test_an_agent_lets_people_in_and_makes_no_agents(world: World) -> None:
    agent = world.actor(world.agent)
    accounts.grant(world.acme.agent, Role.REQUESTER, by=agent, at=NOON, customer=world.acme.customer)
    with pytest.raises(errors.Forbidden):
        accounts.grant(world.acme.agent, Role.TEAM_LEAD, by=agent, at=NOON, customer=world.acme.customer)


@pytest.mark.parametrize(("first", "then"), [(Role.AGENT, Role.REQUESTER), (Role.REQUESTER, Role.AGENT)])
def test_one_login_is_not_given_both_sides_of_the_desk(world: World, first: Role, then: Role) -> None:
    user = accounts.create_user("both@acme.example", "Both", by=SYSTEM, at=NOON)
    accounts.grant(user, first, by=SYSTEM, at=NOON, customer=world.acme.customer)
    with pytest.raises(errors.Invalid):
        accounts.grant(user, then, by=SYSTEM, at=NOON, customer=world.beta.customer)
    assert list(Grant.objects.filter(user=user).values_list("role", flat=True)) == [first]


def test_a_desk_role_at_one_customer_does_not_show_the_desk_of_another(world: World) -> None:
    own, foreign = report(world.acme), report(world.beta)
    Grant.objects.create(user=world.acme.agent, role=Role.REQUESTER, customer=world.beta.customer)
    actor = actors.of_user(world.acme.agent)
    assert actor.customers == {world.acme.customer.pk}
    with scoping.scope(actor.customers, caller=actor.key):
        assert [one.number for one in Ticket.objects.visible_to(actor)] == [own.number]
        assert not Message.objects.visible_to(actor).filter(ticket_id=foreign.pk).exists()
