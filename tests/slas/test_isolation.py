"""Clocks and agreements of one customer do not exist for another; the database itself refuses the rest."""

import pytest
from django.db import Error, transaction

from customers import scoping
from slas import documents, queries
from slas.models import Agreement, Escalation, Segment, Step, Target, Timer
from tests.places import report
from tests.slas.conftest import Hands, at

pytestmark = pytest.mark.django_db


def test_a_customer_sees_his_own_clocks_and_agreements_and_the_best_effort(world, levels, hands: Hands):
    report(world.beta)
    with scoping.scope([world.beta.customer.pk]):
        assert set(Timer.objects.values_list("customer_id", flat=True)) == {world.beta.customer.pk}
        assert set(Segment.objects.values_list("customer_id", flat=True)) == {world.beta.customer.pk}
        assert list(Agreement.objects.all()) == [levels.best_effort]
        assert not Target.objects.filter(agreement_id=levels.gold.pk).exists()
    outsider = world.beta.actor(world.beta.agent)
    assert levels.gold not in documents.agreements(outsider)
    assert not Timer.objects.visible_to(outsider).filter(ticket=hands.ticket).exists()


def test_a_requester_of_one_customer_opens_a_ticket_with_clocks_in_his_own_scope(world, levels):
    actor = world.actor(world.acme.requester)
    with scoping.scope([world.acme.customer.pk], caller=actor.key):
        ticket = report(world.acme, by=actor)
    assert {one.agreement for one in queries.timers_of(ticket)} == {levels.gold}


@pytest.mark.parametrize("model", [Target, Step, Segment, Escalation])
def test_what_only_grows_is_changed_by_nobody(hands: Hands, model):
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        model.objects.update(customer_id=hands.ticket.customer_id)
    with pytest.raises(Error, match="permission denied"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_the_installations_agreement_is_not_for_a_customers_scope_to_write(world, levels):
    with scoping.scope([world.acme.customer.pk]):
        assert Agreement.objects.filter(pk=levels.best_effort.pk).update(name="Mine") == 0
    assert Agreement.objects.get(pk=levels.best_effort.pk).name == "Best effort"


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"state": "stopped", "next_at": None}, "stopped_says_when"),
        ({"state": "paused", "next_at": None}, "paused_has_no_due_moment"),
        ({"due_at": None}, "running_is_due_some_day"),
        ({"target_seconds": 0}, "timer_counts_forward"),
        ({"used_at": at(11)}, "timer_is_measured_from_its_start"),
        ({"customer_id": 0}, "isolation|row-level|scoped"),
    ],
)
def test_a_clock_that_makes_no_sense_is_refused_by_the_database(hands: Hands, columns, constraint):
    with pytest.raises(Error, match=constraint), transaction.atomic():
        Timer.objects.filter(metric="resolution").update(**columns)


def test_a_first_response_is_never_paused_by_anybody(hands: Hands):
    with pytest.raises(Error, match="first_response_timer_never_pauses"), transaction.atomic():
        Timer.objects.filter(metric="first_response").update(
            state="paused", due_at=None, remaining_seconds=1, next_at=None
        )


def test_a_clock_belongs_to_the_customer_of_its_ticket(world, hands: Hands):
    timer = hands.clock()
    with pytest.raises(Error, match="scoped"), transaction.atomic():
        Timer.objects.filter(pk=timer.pk).update(customer_id=world.beta.customer.pk)


def test_a_ticket_has_one_clock_per_metric_and_cycle(hands: Hands):
    timer = hands.clock()
    timer.pk = None
    with pytest.raises(Error, match="one_timer_per_cycle"), transaction.atomic():
        timer.save(force_insert=True)
