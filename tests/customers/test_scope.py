"""The only way in: what is seen, refused and restored around `customers.scope()`, as the application role."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from accounts.models import Person
from customers import ALL, NoScope, current, scope
from customers.models import Customer
from tests.places import World, report
from tickets.models import Message, Ticket


def raw_count(table: str = "tickets_ticket") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a table of ours
        return cursor.fetchone()[0]


def test_outside_of_any_scope_the_manager_refuses_and_the_database_shows_nothing(db):
    with pytest.raises(NoScope):
        Ticket.objects.count()
    assert raw_count() == 0


def test_a_scope_shows_exactly_its_customers(world: World):
    mine, theirs = report(world.acme), report(world.beta)
    with scope([world.acme.customer.pk]):
        assert list(Ticket.objects.values_list("pk", flat=True)) == [mine.pk]
        assert raw_count() == 1
        assert not Ticket.objects.filter(pk=theirs.pk).exists()


def test_an_empty_scope_shows_nothing(world: World):
    report(world.acme)
    with scope([]):
        assert (raw_count(), raw_count("customers_customer")) == (0, 0)


def test_another_customers_row_can_be_neither_changed_nor_deleted_nor_made(world: World):
    theirs = report(world.beta)
    with scope([world.acme.customer.pk]):
        assert Ticket.objects.filter(pk=theirs.pk).update(title="stolen") == 0
        assert Message.objects.filter(ticket_id=theirs.pk).delete() == (0, {})
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Person.objects.create(customer=world.beta.customer, name="Intruder")
    assert Ticket.objects.get(pk=theirs.pk).title == theirs.title
    assert not Person.objects.filter(name="Intruder").exists()


def test_a_row_cannot_be_moved_to_another_customer(world: World):
    with (
        scope([world.acme.customer.pk]),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Person.objects.filter(pk=world.acme.requester.pk).update(customer=world.beta.customer)
    assert Person.objects.get(pk=world.acme.requester.pk).customer == world.acme.customer


def test_a_child_cannot_hang_on_a_parent_of_another_customer(world: World):
    theirs = report(world.beta)
    with pytest.raises(IntegrityError, match="tickets_message_ticket_scoped"), transaction.atomic():
        Message.objects.create(
            customer=world.acme.customer, ticket=theirs, kind="note", audience="provider", body="x",
            author_kind="user", author_label="x", at=theirs.opened_at,
        )  # fmt: skip


def test_leaving_an_inner_scope_restores_the_outer_one(world: World):
    report(world.acme), report(world.beta)
    with scope([world.acme.customer.pk]):
        with scope(ALL):
            assert raw_count() == 2
        assert raw_count() == 1
        assert current().customers == {world.acme.customer.pk}
        with pytest.raises(ZeroDivisionError), scope([world.beta.customer.pk]):
            raise ZeroDivisionError
        assert raw_count() == 1
    assert raw_count() == 2


def test_the_settings_end_with_the_transaction(committing_db):
    with scope(ALL):
        Customer.objects.create(slug="one", name="One")
    with scope([]):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('itsm.customers', true)")
        assert cursor.fetchone() == ("itsm_app", "")
    assert raw_count("customers_customer") == 0


def test_restricting_a_ticket_hides_all_of_it_at_once(world: World):
    ticket = report(world.acme)
    with scope(ALL, compartments=[0, 77]):
        Ticket.objects.filter(pk=ticket.pk).update(compartment=77)
    tables = (
        "tickets_ticket",
        "tickets_message",
        "incidents_incident",
        "tickets_historicalticket",
        "incidents_historicalincident",
    )
    with scope(ALL):
        assert [raw_count(table) for table in tables] == [0, 0, 0, 0, 0]
    with scope(ALL, compartments=[77]):
        assert [raw_count(table) for table in tables] == [1, 1, 1, 1, 1]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM journal_entry WHERE subject_kind = 'incident'")
            assert cursor.fetchone() == (1,)
