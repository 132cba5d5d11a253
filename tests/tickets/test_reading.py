"""Long lists are read without Django's constructors: what is read must be the same."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import reading
from core.actor import ALL
from customers import scoping
from tests.places import World, report
from tickets.models import Ticket

BESIDE = ("customer", "requester__site", "service", "team", "assignee", "hold_reason")


def test_shared_rows_hold_what_ordinary_rows_hold_and_name_one_object_for_one_row(world: World) -> None:
    for side in (world.acme, world.acme, world.beta):
        report(side)
    with scoping.scope(ALL):
        rows = Ticket.objects.select_related(*BESIDE).order_by("id")
        plain, with_sharing = list(rows), list(reading.shared(rows))
        with CaptureQueriesContext(connection) as queries:
            for one, other in zip(plain, with_sharing, strict=True):
                assert one == other
                assert one.get_deferred_fields() == other.get_deferred_fields()
                for field in Ticket._meta.concrete_fields:
                    if field.name != "search":
                        assert getattr(one, field.attname) == getattr(other, field.attname)
                for name in ("customer", "requester", "service", "team", "assignee", "hold_reason"):
                    assert getattr(one, name) == getattr(other, name)
        assert len(queries) == 0
        first, second, third = with_sharing
        assert (first.customer is second.customer, first.customer is third.customer) == (True, False)
        assert (first.team, first._state.adding, first._state.db) == (plain[0].team, False, "default")


def test_shared_rows_can_be_narrowed_counted_and_saved_like_others(world: World) -> None:
    report(world.acme)
    with scoping.scope(ALL):
        rows = reading.shared(Ticket.objects.select_related("customer").only("title", "customer__name"))
        found = rows.get()
        assert (rows.count(), list(rows.values_list("id", flat=True))) == (1, [found.pk])
        assert found.number.startswith("INC-")  # left out at first, read when it is asked for
        found.title = "Renamed"
        found.save(update_fields=["title"])
        assert Ticket.objects.get().title == "Renamed"
